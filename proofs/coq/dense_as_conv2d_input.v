(* dense_as_conv2d.input: Through such a convolution, as through a dense layer
   ∂J/∂a = [out[n, i, h, w] = matmul[n, i, h, w]]
   For every N, C, H, W, M ≥ 1.
   conv2d is linear in a: for every e, the sum of delta times conv2d of e is that of the closed
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
Variables W2 delta : tensor A.

Definition conv2d (a : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < H, Σ v < W, a [n; i; y + u; x + v]%Z * W2 [j; i; u; v]).
Definition slice : tensor A := tensor2
  (fun n m => delta [n; m; 0; 0]%Z).
Definition flatten : tensor A := tensor4
  (fun m c h w => W2 [m; c; h; w]).
Definition matmul : tensor A := tensor4
  (fun n c h w => Σ m < M, slice [n; m] * flatten [m; c; h; w]).
Definition closed_form : tensor A := tensor4
  (fun n i h w => matmul [n; i; h; w]).

Theorem dense_as_conv2d_input (e : tensor A) :
  Σ n < N, Σ j < M, Σ y < 1, Σ x < 1, delta [n; j; y; x] * conv2d e [n; j; y; x]
  = Σ n < N, Σ i < C, Σ h < H, Σ w < W, closed_form [n; i; h; w] * e [n; i; h; w].
Proof.
  open_up ltac:(unfold closed_form, matmul, flatten, slice, conv2d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j y x i u v => (n, (i, (y + u, (x + v, ((j, tt), tt))))))%Z
      (fun n i h w m => (n, (m, (0, (0, (i, (h, (w, tt))))))))%Z.
    - intros n ?known j ?known y ?known x ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known h ?known w ?known m ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions dense_as_conv2d_input.
