(* dense_as_conv2d.weight: Kernel of such a convolution, as the weights of a dense layer
   ∂J/∂W = [out[j, i, u, v] = matmul[j, i, u, v]]
   For every N, C, H, W, M ≥ 1.
   conv2d is linear in W2: for every e, the sum of delta times conv2d of e is that of the closed
   form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H W M : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis M_least : (1 <= M)%Z.
Variables a delta : tensor A.

Definition conv2d (W2 : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < H, Σ v < W, a [n; i; y + u; x + v]%Z * W2 [j; i; u; v]).
Definition slice : tensor A := tensor2
  (fun n m => delta [n; m; 0; 0]%Z).
Definition transpose : tensor A := tensor2
  (fun m n => slice [n; m]).
Definition flatten : tensor A := tensor4
  (fun n c h w => a [n; c; h; w]).
Definition matmul : tensor A := tensor4
  (fun m c h w => Σ n < N, transpose [m; n] * flatten [n; c; h; w]).
Definition closed_form : tensor A := tensor4
  (fun j i u v => matmul [j; i; u; v]).

Theorem dense_as_conv2d_weight (e : tensor A) :
  Σ n < N, Σ j < M, Σ y < 1, Σ x < 1, delta [n; j; y; x] * conv2d e [n; j; y; x]
  = Σ j < M, Σ i < C, Σ u < H, Σ v < W, closed_form [j; i; u; v] * e [j; i; u; v].
Proof.
  open_up ltac:(unfold closed_form, matmul, flatten, transpose, slice, conv2d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j y x i u v => (j, (i, (y + u, (x + v, ((n, tt), tt))))))%Z
      (fun j i u v n => (n, (j, (0, (0, (i, (u, (v, tt))))))))%Z.
    - intros n ?known j ?known y ?known x ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros j ?known i ?known u ?known v ?known n ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions dense_as_conv2d_weight.
