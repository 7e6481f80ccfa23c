(* conv_transpose3d.bias: Bias of a transposed convolution, one for each map
   ∂J/∂b = delta.sum(axis=(0, 2, 3, 4))
   For every N, C, D, H, W, M, J, K, L, s_d, d_d, s_h, d_h, s_w, d_w ≥ 1 and p_d, r_d, p_h, r_h,
   p_w, r_w ≥ 0 with D*s_d + J*d_d + r_d ≥ s_d + 2*p_d + d_d, H*s_h + K*d_h + r_h ≥ s_h + 2*p_h +
   d_h, W*s_w + L*d_w + r_w ≥ s_w + 2*p_w + d_w.
   J is the sum of delta times conv_transpose3d. When b changes by ε·e, where the square of ε is 0,
   J changes by ε times the sum of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C D H W M J K L s_d p_d d_d r_d s_h p_h d_h r_h s_w p_w d_w r_w : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis D_least : (1 <= D)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis J_least : (1 <= J)%Z.
Hypothesis K_least : (1 <= K)%Z.
Hypothesis L_least : (1 <= L)%Z.
Hypothesis s_d_least : (1 <= s_d)%Z.
Hypothesis p_d_least : (0 <= p_d)%Z.
Hypothesis d_d_least : (1 <= d_d)%Z.
Hypothesis r_d_least : (0 <= r_d)%Z.
Hypothesis s_h_least : (1 <= s_h)%Z.
Hypothesis p_h_least : (0 <= p_h)%Z.
Hypothesis d_h_least : (1 <= d_h)%Z.
Hypothesis r_h_least : (0 <= r_h)%Z.
Hypothesis s_w_least : (1 <= s_w)%Z.
Hypothesis p_w_least : (0 <= p_w)%Z.
Hypothesis d_w_least : (1 <= d_w)%Z.
Hypothesis r_w_least : (0 <= r_w)%Z.
Hypothesis assumed : (s_d + 2 * p_d + d_d <= D * s_d + J * d_d + r_d)%Z.
Hypothesis assumed1 : (s_h + 2 * p_h + d_h <= H * s_h + K * d_h + r_h)%Z.
Hypothesis assumed2 : (s_w + 2 * p_w + d_w <= W * s_w + L * d_w + r_w)%Z.
Variables W2 a delta : tensor A.

Definition conv_transpose3d (b : tensor A) : tensor A := tensor5
  (fun n j l o q => Σ i < C, Σ t < D, Σ y < H, Σ x < W, Σ r < J, Σ u < K, Σ v < L, when ((l + p_d =? s_d * t + d_d * r) && (o + p_h =? s_h * y + d_h * u) && (q + p_w =? s_w * x + d_w * v))%Z (a [n; i; t; y; x] * W2 [i; j; r; u; v]) + b [j]).
Definition closed_form : tensor A := tensor1
  (fun m => Σ n < N, Σ i < (D * s_d + J * d_d + r_d - s_d - 2 * p_d - d_d + 1)%Z, Σ j < (H * s_h + K * d_h + r_h - s_h - 2 * p_h - d_h + 1)%Z, Σ k < (W * s_w + L * d_w + r_w - s_w - 2 * p_w - d_w + 1)%Z, delta [n; m; i; j; k]).
(* what changes to first order when b changes by e *)
Definition conv_transpose3d_change (b e : tensor A) : tensor A := tensor5
  (fun n j l o q => e [j]).

Lemma conv_transpose3d_bias_change (b e : tensor A) :
  Σ n < N, Σ j < M, Σ l < (D * s_d + J * d_d + r_d - s_d - 2 * p_d - d_d + 1)%Z, Σ o < (H * s_h + K * d_h + r_h - s_h - 2 * p_h - d_h + 1)%Z, Σ q < (W * s_w + L * d_w + r_w - s_w - 2 * p_w - d_w + 1)%Z, delta [n; j; l; o; q] * conv_transpose3d_change b e [n; j; l; o; q]
  = Σ m < M, closed_form [m] * e [m].
Proof.
  open_up ltac:(unfold conv_transpose3d_change, closed_form, conv_transpose3d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j l o q => (j, ((n, (l, (o, (q, tt)))), tt)))%Z
      (fun m n i j k => (n, (m, (i, (j, (k, tt))))))%Z.
    - intros n ?known j ?known l ?known o ?known q ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros m ?known n ?known i ?known j ?known k ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma conv_transpose3d_moves (b e : tensor A) n j l o q :
  conv_transpose3d (moved b ε e) [n; j; l; o; q]
  = conv_transpose3d b [n; j; l; o; q] + ε * conv_transpose3d_change b e [n; j; l; o; q].
Proof. unfold conv_transpose3d, conv_transpose3d_change. first_order ε_square ltac:(idtac). Qed.
Theorem conv_transpose3d_bias (b e : tensor A) :
  Σ n < N, Σ j < M, Σ l < (D * s_d + J * d_d + r_d - s_d - 2 * p_d - d_d + 1)%Z, Σ o < (H * s_h + K * d_h + r_h - s_h - 2 * p_h - d_h + 1)%Z, Σ q < (W * s_w + L * d_w + r_w - s_w - 2 * p_w - d_w + 1)%Z, delta [n; j; l; o; q] * conv_transpose3d (moved b ε e) [n; j; l; o; q]
  = (Σ n < N, Σ j < M, Σ l < (D * s_d + J * d_d + r_d - s_d - 2 * p_d - d_d + 1)%Z, Σ o < (H * s_h + K * d_h + r_h - s_h - 2 * p_h - d_h + 1)%Z, Σ q < (W * s_w + L * d_w + r_w - s_w - 2 * p_w - d_w + 1)%Z, delta [n; j; l; o; q] * conv_transpose3d b [n; j; l; o; q])
    + ε * (Σ m < M, closed_form [m] * e [m]).
Proof.
  rewrite <- (conv_transpose3d_bias_change b e).
  first_order ε_square ltac:(rewrite ?conv_transpose3d_moves).
Qed.
End certificate.
Print Assumptions conv_transpose3d_bias.
