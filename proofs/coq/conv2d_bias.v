(* conv2d.bias: Bias of a convolution, one for each map
   ∂J/∂b = delta.sum(axis=(0, 2, 3))
   For every N, C, H, W, M, K, L, d_h, s_h, d_w, s_w ≥ 1 and p_h, p_w ≥ 0 with H + 2*p_h + d_h ≥
   K*d_h + 1, W + 2*p_w + d_w ≥ L*d_w + 1.
   J is the sum of delta times conv2d. When b changes by ε·e, where the square of ε is 0, J changes
   by ε times the sum of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H W M K L p_h d_h s_h p_w d_w s_w q q2 : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis K_least : (1 <= K)%Z.
Hypothesis L_least : (1 <= L)%Z.
Hypothesis p_h_least : (0 <= p_h)%Z.
Hypothesis d_h_least : (1 <= d_h)%Z.
Hypothesis s_h_least : (1 <= s_h)%Z.
Hypothesis p_w_least : (0 <= p_w)%Z.
Hypothesis d_w_least : (1 <= d_w)%Z.
Hypothesis s_w_least : (1 <= s_w)%Z.
(* q is (2 * p_h + H + d_h - K * d_h - 1) / s_h, rounded down *)
Hypothesis q_floor : (s_h * q <= 2 * p_h + H + d_h - K * d_h - 1 < s_h * q + s_h)%Z.
(* q2 is (2 * p_w + W + d_w - L * d_w - 1) / s_w, rounded down *)
Hypothesis q2_floor : (s_w * q2 <= 2 * p_w + W + d_w - L * d_w - 1 < s_w * q2 + s_w)%Z.
Hypothesis assumed : (K * d_h < 2 * p_h + H + d_h)%Z.
Hypothesis assumed1 : (L * d_w < 2 * p_w + W + d_w)%Z.
Variables W2 a delta : tensor A.

Definition pad : tensor A := tensor4
  (fun n c h w => when ((p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (a [n; c; h - p_h; w - p_w]%Z)).
Definition correlate : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < K, Σ v < L, pad [n; i; s_h * y + d_h * u; s_w * x + d_w * v]%Z * W2 [j; i; u; v]).
Definition conv2d (b : tensor A) : tensor A := tensor4
  (fun n j y x => correlate [n; j; y; x] + b [j]).
Definition closed_form : tensor A := tensor1
  (fun m => Σ n < N, Σ i < (q + 1)%Z, Σ j < (q2 + 1)%Z, delta [n; m; i; j]).
(* what changes to first order when b changes by e *)
Definition conv2d_change (b e : tensor A) : tensor A := tensor4
  (fun n j y x => e [j]).

Lemma conv2d_bias_change (b e : tensor A) :
  Σ n < N, Σ j < M, Σ y < (q + 1)%Z, Σ x < (q2 + 1)%Z, delta [n; j; y; x] * conv2d_change b e [n; j; y; x]
  = Σ m < M, closed_form [m] * e [m].
Proof.
  open_up ltac:(unfold conv2d_change, closed_form, conv2d, correlate, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j y x => (j, ((n, (y, (x, tt))), tt)))%Z
      (fun m n i j => (n, (m, (i, (j, tt)))))%Z.
    - intros n ?known j ?known y ?known x ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros m ?known n ?known i ?known j ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma conv2d_moves (b e : tensor A) n j y x :
  conv2d (moved b ε e) [n; j; y; x]
  = conv2d b [n; j; y; x] + ε * conv2d_change b e [n; j; y; x].
Proof. unfold conv2d, conv2d_change. first_order ε_square ltac:(idtac). Qed.
Theorem conv2d_bias (b e : tensor A) :
  Σ n < N, Σ j < M, Σ y < (q + 1)%Z, Σ x < (q2 + 1)%Z, delta [n; j; y; x] * conv2d (moved b ε e) [n; j; y; x]
  = (Σ n < N, Σ j < M, Σ y < (q + 1)%Z, Σ x < (q2 + 1)%Z, delta [n; j; y; x] * conv2d b [n; j; y; x])
    + ε * (Σ m < M, closed_form [m] * e [m]).
Proof.
  rewrite <- (conv2d_bias_change b e).
  first_order ε_square ltac:(rewrite ?conv2d_moves).
Qed.
End certificate.
Print Assumptions conv2d_bias.
