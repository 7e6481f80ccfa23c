(* dense_as_conv2d.bias: Bias of such a convolution, as that of a dense layer
   ∂J/∂b = delta[:, :, 0, 0].sum(axis=0)
   For every N, C, H, W, M ≥ 1.
   J is the sum of delta times conv2d. When b changes by ε·e, where the square of ε is 0, J changes
   by ε times the sum of the closed form times e. *)
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
Variables W2 a delta : tensor A.

Definition correlate : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < H, Σ v < W, a [n; i; y + u; x + v]%Z * W2 [j; i; u; v]).
Definition conv2d (b : tensor A) : tensor A := tensor4
  (fun n j y x => correlate [n; j; y; x] + b [j]).
Definition slice : tensor A := tensor2
  (fun n m => delta [n; m; 0; 0]%Z).
Definition closed_form : tensor A := tensor1
  (fun m => Σ n < N, slice [n; m]).
(* what changes to first order when b changes by e *)
Definition conv2d_change (b e : tensor A) : tensor A := tensor4
  (fun n j y x => e [j]).

Lemma dense_as_conv2d_bias_change (b e : tensor A) :
  Σ n < N, Σ j < M, Σ y < 1, Σ x < 1, delta [n; j; y; x] * conv2d_change b e [n; j; y; x]
  = Σ m < M, closed_form [m] * e [m].
Proof.
  open_up ltac:(unfold conv2d_change, closed_form, slice, conv2d, correlate).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j y x => (j, ((n, tt), tt)))%Z
      (fun m n => (n, (m, (0, (0, tt)))))%Z.
    - intros n ?known j ?known y ?known x ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros m ?known n ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma conv2d_moves (b e : tensor A) n j y x :
  conv2d (moved b ε e) [n; j; y; x]
  = conv2d b [n; j; y; x] + ε * conv2d_change b e [n; j; y; x].
Proof. unfold conv2d, conv2d_change. first_order ε_square ltac:(idtac). Qed.
Theorem dense_as_conv2d_bias (b e : tensor A) :
  Σ n < N, Σ j < M, Σ y < 1, Σ x < 1, delta [n; j; y; x] * conv2d (moved b ε e) [n; j; y; x]
  = (Σ n < N, Σ j < M, Σ y < 1, Σ x < 1, delta [n; j; y; x] * conv2d b [n; j; y; x])
    + ε * (Σ m < M, closed_form [m] * e [m]).
Proof.
  rewrite <- (dense_as_conv2d_bias_change b e).
  first_order ε_square ltac:(rewrite ?conv2d_moves).
Qed.
End certificate.
Print Assumptions dense_as_conv2d_bias.
