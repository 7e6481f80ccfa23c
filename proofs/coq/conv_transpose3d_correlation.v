(* conv_transpose3d.correlation: A transposed convolution is a correlation with the turned kernel,
   after inserting zeros
   conv_transpose3d(a, W, stride=(s_d, s_h, s_w), padding=(p_d, p_h, p_w), output_padding=(r_d,
   r_h, r_w), dilation=(d_d, d_h, d_w)) = correlate(pad(dilate(a, (s_d, s_h, s_w)), ((J*d_d - p_d -
   d_d, J*d_d + r_d - p_d - d_d), (K*d_h - p_h - d_h, K*d_h + r_h - p_h - d_h), (L*d_w - p_w - d_w,
   L*d_w + r_w - p_w - d_w))), rot180(swap(W)), dilation=(d_d, d_h, d_w))
   For every N, C, D, H, W, M, J, K, L, s_d, d_d, s_h, d_h, s_w, d_w ≥ 1 and p_d, r_d, p_h, r_h,
   p_w, r_w ≥ 0 with D*s_d + J*d_d + r_d ≥ s_d + 2*p_d + d_d, H*s_h + K*d_h + r_h ≥ s_h + 2*p_h +
   d_h, W*s_w + L*d_w + r_w ≥ s_w + 2*p_w + d_w.
   conv_transpose3d and the closed form are the same tensor. *)
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
Variables n j l o q : Z.
Hypothesis n_inside : (0 <= n < N)%Z.
Hypothesis j_inside : (0 <= j < M)%Z.
Hypothesis l_inside : (0 <= l < D * s_d + J * d_d + r_d - s_d - 2 * p_d - d_d + 1)%Z.
Hypothesis o_inside : (0 <= o < H * s_h + K * d_h + r_h - s_h - 2 * p_h - d_h + 1)%Z.
Hypothesis q_inside : (0 <= q < W * s_w + L * d_w + r_w - s_w - 2 * p_w - d_w + 1)%Z.
Variables W2 a : tensor A.

Definition conv_transpose3d : tensor A := tensor5
  (fun n j l o q => Σ i < C, Σ t < D, Σ y < H, Σ x < W, Σ r < J, Σ u < K, Σ v < L, when ((l + p_d =? s_d * t + d_d * r) && (o + p_h =? s_h * y + d_h * u) && (q + p_w =? s_w * x + d_w * v))%Z (a [n; i; t; y; x] * W2 [i; j; r; u; v])).
Definition dilate : tensor A := tensor5
  (fun n c d h w => Σ t < D, Σ y < H, Σ x < W, when ((d =? s_d * t) && (h =? s_h * y) && (w =? s_w * x))%Z (a [n; c; t; y; x])).
Definition pad : tensor A := tensor5
  (fun n c d h w => when ((J * d_d <=? d + d_d + p_d) && (s_d + d + d_d + p_d <=? D * s_d + J * d_d) && (K * d_h <=? h + d_h + p_h) && (s_h + h + d_h + p_h <=? H * s_h + K * d_h) && (L * d_w <=? w + d_w + p_w) && (s_w + w + d_w + p_w <=? W * s_w + L * d_w))%Z (dilate [n; c; d + d_d + p_d - J * d_d; h + d_h + p_h - K * d_h; w + d_w + p_w - L * d_w]%Z)).
Definition swap : tensor A := tensor5
  (fun m c j k l => W2 [c; m; j; k; l]).
Definition rot180 : tensor A := tensor5
  (fun m c j k l => swap [m; c; J - j - 1; K - k - 1; L - l - 1]%Z).
Definition closed_form : tensor A := tensor5
  (fun n j t y x => Σ i < C, Σ r < J, Σ u < K, Σ v < L, pad [n; i; t + d_d * r; y + d_h * u; x + d_w * v]%Z * rot180 [j; i; r; u; v]).

Theorem conv_transpose3d_correlation :
  conv_transpose3d [n; j; l; o; q] = closed_form [n; j; l; o; q].
Proof.
  open_up ltac:(unfold closed_form, rot180, swap, pad, dilate, conv_transpose3d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun i t y x r u v => (i, (J - r - 1, (K - u - 1, (L - v - 1, ((t, (y, (x, tt))), tt))))))%Z
      (fun i r u v t y x => (i, (t, (y, (x, (J - r - 1, (K - u - 1, (L - v - 1, tt))))))))%Z.
    - intros i ?known t ?known y ?known x ?known r ?known u ?known v ?known. guards_known.
      multiply (s_d - 1)%Z (t)%Z.
      multiply (D - t - 1)%Z (s_d - 1)%Z.
      multiply (s_h - 1)%Z (y)%Z.
      multiply (H - y - 1)%Z (s_h - 1)%Z.
      multiply (s_w - 1)%Z (x)%Z.
      multiply (W - x - 1)%Z (s_w - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros i ?known r ?known u ?known v ?known t ?known y ?known x ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv_transpose3d_correlation.
