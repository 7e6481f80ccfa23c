(* conv_transpose2d.bias: Bias of a transposed convolution, one for each map
   ∂J/∂b = delta.sum(axis=(0, 2, 3))
   For every N, C, H, W, M, K, L, s_h, d_h, s_w, d_w ≥ 1 and p_h, r_h, p_w, r_w ≥ 0 with H*s_h +
   K*d_h + r_h ≥ s_h + 2*p_h + d_h, W*s_w + L*d_w + r_w ≥ s_w + 2*p_w + d_w.
   J is the sum of delta times conv_transpose2d. When b changes by ε·e, where the square of ε is 0,
   J changes by ε times the sum of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H W M K L s_h p_h d_h r_h s_w p_w d_w r_w : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis K_least : (1 <= K)%Z.
Hypothesis L_least : (1 <= L)%Z.
Hypothesis s_h_least : (1 <= s_h)%Z.
Hypothesis p_h_least : (0 <= p_h)%Z.
Hypothesis d_h_least : (1 <= d_h)%Z.
Hypothesis r_h_least : (0 <= r_h)%Z.
Hypothesis s_w_least : (1 <= s_w)%Z.
Hypothesis p_w_least : (0 <= p_w)%Z.
Hypothesis d_w_least : (1 <= d_w)%Z.
Hypothesis r_w_least : (0 <= r_w)%Z.
Hypothesis assumed : (s_h + 2 * p_h + d_h <= H * s_h + K * d_h + r_h)%Z.
Hypothesis assumed1 : (s_w + 2 * p_w + d_w <= W * s_w + L * d_w + r_w)%Z.
Variables W2 a delta : tensor A.

Definition conv_transpose2d (b : tensor A) : tensor A := tensor4
  (fun n j o q => Σ i < C, Σ y < H, Σ x < W, Σ u < K, Σ v < L, when ((o + p_h =? s_h * y + d_h * u) && (q + p_w =? s_w * x + d_w * v))%Z (a [n; i; y; x] * W2 [i; j; u; v]) + b [j]).
Definition closed_form : tensor A := tensor1
  (fun m => Σ n < N, Σ i < (H * s_h + K * d_h + r_h - s_h - 2 * p_h - d_h + 1)%Z, Σ j < (W * s_w + L * d_w + r_w - s_w - 2 * p_w - d_w + 1)%Z, delta [n; m; i; j]).
(* what changes to first order when b changes by e *)
Definition conv_transpose2d_change (b e : tensor A) : tensor A := tensor4
  (fun n j o q => e [j]).

Lemma conv_transpose2d_bias_change (b e : tensor A) :
  Σ n < N, Σ j < M, Σ o < (H * s_h + K * d_h + r_h - s_h - 2 * p_h - d_h + 1)%Z, Σ q < (W * s_w + L * d_w + r_w - s_w - 2 * p_w - d_w + 1)%Z, delta [n; j; o; q] * conv_transpose2d_change b e [n; j; o; q]
  = Σ m < M, closed_form [m] * e [m].
Proof.
  open_up ltac:(unfold conv_transpose2d_change, closed_form, conv_transpose2d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j o q => (j, ((n, (o, (q, tt))), tt)))%Z
      (fun m n i j => (n, (m, (i, (j, tt)))))%Z.
    - intros n ?known j ?known o ?known q ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros m ?known n ?known i ?known j ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma conv_transpose2d_moves (b e : tensor A) n j o q :
  conv_transpose2d (moved b ε e) [n; j; o; q]
  = conv_transpose2d b [n; j; o; q] + ε * conv_transpose2d_change b e [n; j; o; q].
Proof. unfold conv_transpose2d, conv_transpose2d_change. first_order ε_square ltac:(idtac). Qed.
Theorem conv_transpose2d_bias (b e : tensor A) :
  Σ n < N, Σ j < M, Σ o < (H * s_h + K * d_h + r_h - s_h - 2 * p_h - d_h + 1)%Z, Σ q < (W * s_w + L * d_w + r_w - s_w - 2 * p_w - d_w + 1)%Z, delta [n; j; o; q] * conv_transpose2d (moved b ε e) [n; j; o; q]
  = (Σ n < N, Σ j < M, Σ o < (H * s_h + K * d_h + r_h - s_h - 2 * p_h - d_h + 1)%Z, Σ q < (W * s_w + L * d_w + r_w - s_w - 2 * p_w - d_w + 1)%Z, delta [n; j; o; q] * conv_transpose2d b [n; j; o; q])
    + ε * (Σ m < M, closed_form [m] * e [m]).
Proof.
  rewrite <- (conv_transpose2d_bias_change b e).
  first_order ε_square ltac:(rewrite ?conv_transpose2d_moves).
Qed.
End certificate.
Print Assumptions conv_transpose2d_bias.
