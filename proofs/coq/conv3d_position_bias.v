(* conv3d.position_bias: Bias of a convolution, one for each position of each map
   ∂J/∂b = delta.sum(axis=0)
   For every N, C, D, H, W, M, J, K, L, d_d, s_d, d_h, s_h, d_w, s_w ≥ 1 and p_d, p_h, p_w ≥ 0 with
   D + 2*p_d + d_d ≥ J*d_d + 1, H + 2*p_h + d_h ≥ K*d_h + 1, W + 2*p_w + d_w ≥ L*d_w + 1.
   J is the sum of delta times conv3d. When b changes by ε·e, where the square of ε is 0, J changes
   by ε times the sum of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C D H W M J K L p_d d_d s_d p_h d_h s_h p_w d_w s_w q q2 q3 : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis D_least : (1 <= D)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis J_least : (1 <= J)%Z.
Hypothesis K_least : (1 <= K)%Z.
Hypothesis L_least : (1 <= L)%Z.
Hypothesis p_d_least : (0 <= p_d)%Z.
Hypothesis d_d_least : (1 <= d_d)%Z.
Hypothesis s_d_least : (1 <= s_d)%Z.
Hypothesis p_h_least : (0 <= p_h)%Z.
Hypothesis d_h_least : (1 <= d_h)%Z.
Hypothesis s_h_least : (1 <= s_h)%Z.
Hypothesis p_w_least : (0 <= p_w)%Z.
Hypothesis d_w_least : (1 <= d_w)%Z.
Hypothesis s_w_least : (1 <= s_w)%Z.
(* q is (2 * p_d + D + d_d - J * d_d - 1) / s_d, rounded down *)
Hypothesis q_floor : (s_d * q <= 2 * p_d + D + d_d - J * d_d - 1 < s_d * q + s_d)%Z.
(* q2 is (2 * p_h + H + d_h - K * d_h - 1) / s_h, rounded down *)
Hypothesis q2_floor : (s_h * q2 <= 2 * p_h + H + d_h - K * d_h - 1 < s_h * q2 + s_h)%Z.
(* q3 is (2 * p_w + W + d_w - L * d_w - 1) / s_w, rounded down *)
Hypothesis q3_floor : (s_w * q3 <= 2 * p_w + W + d_w - L * d_w - 1 < s_w * q3 + s_w)%Z.
Hypothesis assumed : (J * d_d < 2 * p_d + D + d_d)%Z.
Hypothesis assumed1 : (K * d_h < 2 * p_h + H + d_h)%Z.
Hypothesis assumed2 : (L * d_w < 2 * p_w + W + d_w)%Z.
Variables W2 a delta : tensor A.

Definition pad : tensor A := tensor5
  (fun n c d h w => when ((p_d <=? d) && (d <? D + p_d) && (p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (a [n; c; d - p_d; h - p_h; w - p_w]%Z)).
Definition correlate : tensor A := tensor5
  (fun n j t y x => Σ i < C, Σ r < J, Σ u < K, Σ v < L, pad [n; i; s_d * t + d_d * r; s_h * y + d_h * u; s_w * x + d_w * v]%Z * W2 [j; i; r; u; v]).
Definition conv3d (b : tensor A) : tensor A := tensor5
  (fun n j t y x => correlate [n; j; t; y; x] + b [j; t; y; x]).
Definition closed_form : tensor A := tensor4
  (fun m i j k => Σ n < N, delta [n; m; i; j; k]).
(* what changes to first order when b changes by e *)
Definition conv3d_change (b e : tensor A) : tensor A := tensor5
  (fun n j t y x => e [j; t; y; x]).

Lemma conv3d_position_bias_change (b e : tensor A) :
  Σ n < N, Σ j < M, Σ t < (q + 1)%Z, Σ y < (q2 + 1)%Z, Σ x < (q3 + 1)%Z, delta [n; j; t; y; x] * conv3d_change b e [n; j; t; y; x]
  = Σ m < M, Σ i < (q + 1)%Z, Σ j < (q2 + 1)%Z, Σ k < (q3 + 1)%Z, closed_form [m; i; j; k] * e [m; i; j; k].
Proof.
  open_up ltac:(unfold conv3d_change, closed_form, conv3d, correlate, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j t y x => (j, (t, (y, (x, ((n, tt), tt))))))%Z
      (fun m i j k n => (n, (m, (i, (j, (k, tt))))))%Z.
    - intros n ?known j ?known t ?known y ?known x ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros m ?known i ?known j ?known k ?known n ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma conv3d_moves (b e : tensor A) n j t y x :
  conv3d (moved b ε e) [n; j; t; y; x]
  = conv3d b [n; j; t; y; x] + ε * conv3d_change b e [n; j; t; y; x].
Proof. unfold conv3d, conv3d_change. first_order ε_square ltac:(idtac). Qed.
Theorem conv3d_position_bias (b e : tensor A) :
  Σ n < N, Σ j < M, Σ t < (q + 1)%Z, Σ y < (q2 + 1)%Z, Σ x < (q3 + 1)%Z, delta [n; j; t; y; x] * conv3d (moved b ε e) [n; j; t; y; x]
  = (Σ n < N, Σ j < M, Σ t < (q + 1)%Z, Σ y < (q2 + 1)%Z, Σ x < (q3 + 1)%Z, delta [n; j; t; y; x] * conv3d b [n; j; t; y; x])
    + ε * (Σ m < M, Σ i < (q + 1)%Z, Σ j < (q2 + 1)%Z, Σ k < (q3 + 1)%Z, closed_form [m; i; j; k] * e [m; i; j; k]).
Proof.
  rewrite <- (conv3d_position_bias_change b e).
  first_order ε_square ltac:(rewrite ?conv3d_moves).
Qed.
End certificate.
Print Assumptions conv3d_position_bias.
