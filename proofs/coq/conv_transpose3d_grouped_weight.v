(* conv_transpose3d.grouped_weight: Kernel of a grouped transposed convolution
   ∂J/∂W = [out[g, j, i, r, u, v] = Σ_{n<N, t<D*s_d - s_d + 1, y<H*s_h - s_h + 1, x<W*s_w - s_w +
   1} pad[n, g, i, d_d*r + t, d_h*u + y, d_w*v + x]·dilate[n, g, j, t, y, x]]
   For every N, G, C, D, H, W, M, J, K, L, s_d, d_d, s_h, d_h, s_w, d_w ≥ 1 and p_d, r_d, p_h, r_h,
   p_w, r_w ≥ 0 with D*s_d + J*d_d + r_d ≥ s_d + 2*p_d + d_d, H*s_h + K*d_h + r_h ≥ s_h + 2*p_h +
   d_h, W*s_w + L*d_w + r_w ≥ s_w + 2*p_w + d_w.
   conv_transpose3d is linear in W2: for every e, the sum of delta times conv_transpose3d of e is
   that of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N G C D H W M J K L s_d p_d d_d r_d s_h p_h d_h r_h s_w p_w d_w r_w : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis G_least : (1 <= G)%Z.
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
Variables a delta : tensor A.

Definition conv_transpose3d (W2 : tensor A) : tensor A := tensor6
  (fun n g j l o q => Σ i < C, Σ t < D, Σ y < H, Σ x < W, Σ r < J, Σ u < K, Σ v < L, when ((l + p_d =? s_d * t + d_d * r) && (o + p_h =? s_h * y + d_h * u) && (q + p_w =? s_w * x + d_w * v))%Z (a [n; g; i; t; y; x] * W2 [g; i; j; r; u; v])).
Definition pad : tensor A := tensor6
  (fun n g m i j k => when ((p_d <=? i) && (s_d + p_d + d_d + i <=? D * s_d + J * d_d + r_d) && (p_h <=? j) && (s_h + p_h + d_h + j <=? H * s_h + K * d_h + r_h) && (p_w <=? k) && (s_w + p_w + d_w + k <=? W * s_w + L * d_w + r_w))%Z (delta [n; g; m; i - p_d; j - p_h; k - p_w]%Z)).
Definition dilate : tensor A := tensor6
  (fun n g c d h w => Σ t < D, Σ y < H, Σ x < W, when ((d =? s_d * t) && (h =? s_h * y) && (w =? s_w * x))%Z (a [n; g; c; t; y; x])).
Definition closed_form : tensor A := tensor6
  (fun g j i r u v => Σ n < N, Σ t < (D * s_d - s_d + 1)%Z, Σ y < (H * s_h - s_h + 1)%Z, Σ x < (W * s_w - s_w + 1)%Z, pad [n; g; i; d_d * r + t; d_h * u + y; d_w * v + x]%Z * dilate [n; g; j; t; y; x]).

Theorem conv_transpose3d_grouped_weight (e : tensor A) :
  Σ n < N, Σ g < G, Σ j < M, Σ l < (D * s_d + J * d_d + r_d - s_d - 2 * p_d - d_d + 1)%Z, Σ o < (H * s_h + K * d_h + r_h - s_h - 2 * p_h - d_h + 1)%Z, Σ q < (W * s_w + L * d_w + r_w - s_w - 2 * p_w - d_w + 1)%Z, delta [n; g; j; l; o; q] * conv_transpose3d e [n; g; j; l; o; q]
  = Σ g < G, Σ j < C, Σ i < M, Σ r < J, Σ u < K, Σ v < L, closed_form [g; j; i; r; u; v] * e [g; j; i; r; u; v].
Proof.
  open_up ltac:(unfold closed_form, dilate, pad, conv_transpose3d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n g j l o q i t y x r u v => (g, (i, (j, (r, (u, (v, ((n, (s_d * t, (s_h * y, (s_w * x, (tt, (t, (y, (x, tt)))))))), tt))))))))%Z
      (fun g j i r u v n t y x t2 y2 x2 => (n, (g, (i, (d_d * r + t - p_d, (d_h * u + y - p_h, (d_w * v + x - p_w, (j, (t2, (y2, (x2, (r, (u, (v, tt))))))))))))))%Z.
    - intros n ?known g ?known j ?known l ?known o ?known q ?known i ?known t ?known y ?known x ?known r ?known u ?known v ?known. guards_known.
      multiply (s_d - 1)%Z (t)%Z.
      multiply (D - t - 1)%Z (s_d - 1)%Z.
      multiply (s_h - 1)%Z (y)%Z.
      multiply (H - y - 1)%Z (s_h - 1)%Z.
      multiply (s_w - 1)%Z (x)%Z.
      multiply (W - x - 1)%Z (s_w - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros g ?known j ?known i ?known r ?known u ?known v ?known n ?known t ?known y ?known x ?known t2 ?known y2 ?known x2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv_transpose3d_grouped_weight.
