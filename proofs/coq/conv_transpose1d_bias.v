(* conv_transpose1d.bias: Bias of a transposed convolution, one for each map
   ∂J/∂b = delta.sum(axis=(0, 2))
   For every N, C, H, M, K, s, d ≥ 1 and p, r ≥ 0 with H*s + K*d + r ≥ s + 2*p + d.
   J is the sum of delta times conv_transpose1d. When b changes by ε·e, where the square of ε is 0,
   J changes by ε times the sum of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H M K s p d r : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis K_least : (1 <= K)%Z.
Hypothesis s_least : (1 <= s)%Z.
Hypothesis p_least : (0 <= p)%Z.
Hypothesis d_least : (1 <= d)%Z.
Hypothesis r_least : (0 <= r)%Z.
Hypothesis assumed : (s + 2 * p + d <= H * s + K * d + r)%Z.
Variables W a delta : tensor A.

Definition conv_transpose1d (b : tensor A) : tensor A := tensor3
  (fun n j o => Σ i < C, Σ y < H, Σ u < K, when (o + p =? s * y + d * u)%Z (a [n; i; y] * W [i; j; u]) + b [j]).
Definition closed_form : tensor A := tensor1
  (fun m => Σ n < N, Σ i < (H * s + K * d + r - s - 2 * p - d + 1)%Z, delta [n; m; i]).
(* what changes to first order when b changes by e *)
Definition conv_transpose1d_change (b e : tensor A) : tensor A := tensor3
  (fun n j o => e [j]).

Lemma conv_transpose1d_bias_change (b e : tensor A) :
  Σ n < N, Σ j < M, Σ o < (H * s + K * d + r - s - 2 * p - d + 1)%Z, delta [n; j; o] * conv_transpose1d_change b e [n; j; o]
  = Σ m < M, closed_form [m] * e [m].
Proof.
  open_up ltac:(unfold conv_transpose1d_change, closed_form, conv_transpose1d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j o => (j, ((n, (o, tt)), tt)))%Z
      (fun m n i => (n, (m, (i, tt))))%Z.
    - intros n ?known j ?known o ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros m ?known n ?known i ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma conv_transpose1d_moves (b e : tensor A) n j o :
  conv_transpose1d (moved b ε e) [n; j; o]
  = conv_transpose1d b [n; j; o] + ε * conv_transpose1d_change b e [n; j; o].
Proof. unfold conv_transpose1d, conv_transpose1d_change. first_order ε_square ltac:(idtac). Qed.
Theorem conv_transpose1d_bias (b e : tensor A) :
  Σ n < N, Σ j < M, Σ o < (H * s + K * d + r - s - 2 * p - d + 1)%Z, delta [n; j; o] * conv_transpose1d (moved b ε e) [n; j; o]
  = (Σ n < N, Σ j < M, Σ o < (H * s + K * d + r - s - 2 * p - d + 1)%Z, delta [n; j; o] * conv_transpose1d b [n; j; o])
    + ε * (Σ m < M, closed_form [m] * e [m]).
Proof.
  rewrite <- (conv_transpose1d_bias_change b e).
  first_order ε_square ltac:(rewrite ?conv_transpose1d_moves).
Qed.
End certificate.
Print Assumptions conv_transpose1d_bias.
