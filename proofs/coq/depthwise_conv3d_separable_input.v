(* depthwise_conv3d.separable_input: Through a depthwise separable convolution: a depthwise one,
   then one of 1×1 kernels
   ∂J/∂a = [out[n, c, t, y, x] = correlate[n, c, 0, t, y, x]]
   For every N, C, D, H, W, M, J, K, L, O, d_d, s_d, d_h, s_h, d_w, s_w ≥ 1 and p_d, p_h, p_w ≥ 0
   with D + 2*p_d + d_d ≥ J*d_d + 1, H + 2*p_h + d_h ≥ K*d_h + 1, W + 2*p_w + d_w ≥ L*d_w + 1.
   conv3d2 is linear in a: for every e, the sum of delta times conv3d2 of e is that of the closed
   form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C D H W M J K L O p_d d_d s_d p_h d_h s_h p_w d_w s_w q q2 q3 : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis D_least : (1 <= D)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis J_least : (1 <= J)%Z.
Hypothesis K_least : (1 <= K)%Z.
Hypothesis L_least : (1 <= L)%Z.
Hypothesis O_least : (1 <= O)%Z.
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
Variables V W2 delta : tensor A.

Definition pad (a : tensor A) : tensor A := tensor5
  (fun n c d h w => when ((p_d <=? d) && (d <? D + p_d) && (p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (a [n; c; d - p_d; h - p_h; w - p_w]%Z)).
Definition conv3d (a : tensor A) : tensor A := tensor6
  (fun n g j t y x => Σ i < 1, Σ r < J, Σ u < K, Σ v < L, pad a [n; g; s_d * t + d_d * r; s_h * y + d_h * u; s_w * x + d_w * v]%Z * W2 [g; j; i; r; u; v]).
Definition conv3d2 (a : tensor A) : tensor A := tensor5
  (fun n j t y x => Σ i < C, Σ i' < M, Σ r < 1, Σ u < 1, Σ v < 1, conv3d a [n; i; i'; t + r; y + u; x + v]%Z * V [j; i; i'; r; u; v]).
Definition pad2 : tensor A := tensor5
  (fun n o i j k => when ((0 <=? i) && (i <=? q) && (0 <=? j) && (j <=? q2) && (0 <=? k) && (k <=? q3))%Z (delta [n; o; i; j; k])).
Definition swap : tensor A := tensor6
  (fun c m o i j k => V [o; c; m; i; j; k]).
Definition rot180 : tensor A := tensor6
  (fun c m o i j k => swap [c; m; o; -i; -j; -k]%Z).
Definition correlate : tensor A := tensor6
  (fun n j j' t y x => Σ i < O, Σ r < 1, Σ u < 1, Σ v < 1, pad2 [n; i; t + r; y + u; x + v]%Z * rot180 [j; j'; i; r; u; v]).
Definition dilate : tensor A := tensor6
  (fun n j j' t y x => Σ t' < (q + 1)%Z, Σ y' < (q2 + 1)%Z, Σ x' < (q3 + 1)%Z, when ((t =? s_d * t') && (y =? s_h * y') && (x =? s_w * x'))%Z (correlate [n; j; j'; t'; y'; x'])).
Definition pad3 : tensor A := tensor6
  (fun n j j' t y x => when ((J * d_d <=? t + d_d + p_d) && (t + d_d + p_d <=? q * s_d + J * d_d) && (K * d_h <=? y + d_h + p_h) && (y + d_h + p_h <=? q2 * s_h + K * d_h) && (L * d_w <=? x + d_w + p_w) && (x + d_w + p_w <=? q3 * s_w + L * d_w))%Z (dilate [n; j; j'; t + d_d + p_d - J * d_d; y + d_h + p_h - K * d_h; x + d_w + p_w - L * d_w]%Z)).
Definition swap2 : tensor A := tensor6
  (fun g i j j' k l => W2 [g; j; i; j'; k; l]).
Definition rot1802 : tensor A := tensor6
  (fun g i j j' k l => swap2 [g; i; j; J - j' - 1; K - k - 1; L - l - 1]%Z).
Definition correlate2 : tensor A := tensor6
  (fun n g j t y x => Σ i < M, Σ r < J, Σ u < K, Σ v < L, pad3 [n; g; i; t + d_d * r; y + d_h * u; x + d_w * v]%Z * rot1802 [g; j; i; r; u; v]).
Definition closed_form : tensor A := tensor5
  (fun n c t y x => correlate2 [n; c; 0; t; y; x]%Z).

Theorem depthwise_conv3d_separable_input (e : tensor A) :
  Σ n < N, Σ j < O, Σ t < (q + 1)%Z, Σ y < (q2 + 1)%Z, Σ x < (q3 + 1)%Z, delta [n; j; t; y; x] * conv3d2 e [n; j; t; y; x]
  = Σ n < N, Σ c < C, Σ t < D, Σ y < H, Σ x < W, closed_form [n; c; t; y; x] * e [n; c; t; y; x].
Proof.
  open_up ltac:(unfold closed_form, correlate2, rot1802, swap2, pad3, dilate, correlate, rot180, swap, pad2, conv3d2, conv3d, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j t y x i i' r u v i2 r2 u2 v2 => (n, (i, (s_d * t + r * s_d + d_d * r2 - p_d, (s_h * y + s_h * u + d_h * u2 - p_h, (s_w * x + s_w * v + d_w * v2 - p_w, ((i', (J - r2 - 1, (K - u2 - 1, (L - v2 - 1, ((t + r, (y + u, (x + v, (j, (-r, (-u, (-v, (tt, tt)))))))), tt))))), tt)))))))%Z
      (fun n c t y x i r u v t' y' x' i2 r2 u2 v2 => (n, (i2, (t' + r2, (y' + u2, (x' + v2, (c, (i, (-r2, (-u2, (-v2, ((0, (J - r - 1, (K - u - 1, (L - v - 1, (tt, tt))))), tt))))))))))))%Z.
    - intros n ?known j ?known t ?known y ?known x ?known i ?known i' ?known r ?known u ?known v ?known i2 ?known r2 ?known u2 ?known v2 ?known. guards_known.
      multiply (s_d - 1)%Z (r)%Z.
      multiply (s_d - 1)%Z (t)%Z.
      multiply (s_d - 1)%Z (-r)%Z.
      multiply (q - t)%Z (s_d - 1)%Z.
      multiply (s_h - 1)%Z (u)%Z.
      multiply (s_h - 1)%Z (y)%Z.
      multiply (s_h - 1)%Z (-u)%Z.
      multiply (q2 - y)%Z (s_h - 1)%Z.
      multiply (s_w - 1)%Z (v)%Z.
      multiply (s_w - 1)%Z (x)%Z.
      multiply (s_w - 1)%Z (-v)%Z.
      multiply (q3 - x)%Z (s_w - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known t ?known y ?known x ?known i ?known r ?known u ?known v ?known t' ?known y' ?known x' ?known i2 ?known r2 ?known u2 ?known v2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions depthwise_conv3d_separable_input.
