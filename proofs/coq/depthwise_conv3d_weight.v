(* depthwise_conv3d.weight: Kernels of a depthwise convolution
   ∂J/∂W = [out[g, j, i, r, u, v] = Σ_{n<N, t<s_d*((D + 2*p_d + d_d - J*d_d - 1)//s_d) + 1,
   y<s_h*((H + 2*p_h + d_h - K*d_h - 1)//s_h) + 1, x<s_w*((W + 2*p_w + d_w - L*d_w - 1)//s_w) + 1}
   pad[n, g, i, d_d*r + t, d_h*u + y, d_w*v + x]·dilate[n, g, j, t, y, x]]
   For every N, C, D, H, W, M, J, K, L, d_d, s_d, d_h, s_h, d_w, s_w ≥ 1 and p_d, p_h, p_w ≥ 0 with
   D + 2*p_d + d_d ≥ J*d_d + 1, H + 2*p_h + d_h ≥ K*d_h + 1, W + 2*p_w + d_w ≥ L*d_w + 1.
   conv3d is linear in W2: for every e, the sum of delta times conv3d of e is that of the closed
   form times e. *)
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
Variables a delta : tensor A.

Definition pad : tensor A := tensor5
  (fun n c d h w => when ((p_d <=? d) && (d <? D + p_d) && (p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (a [n; c; d - p_d; h - p_h; w - p_w]%Z)).
Definition conv3d (W2 : tensor A) : tensor A := tensor6
  (fun n g j t y x => Σ i < 1, Σ r < J, Σ u < K, Σ v < L, pad [n; g; s_d * t + d_d * r; s_h * y + d_h * u; s_w * x + d_w * v]%Z * W2 [g; j; i; r; u; v]).
Definition t2 : tensor A := tensor6
  (fun n c o d h w => a [n; c; d; h; w]).
Definition pad2 : tensor A := tensor6
  (fun n c o d h w => when ((p_d <=? d) && (d <? D + p_d) && (p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (t2 [n; c; o; d - p_d; h - p_h; w - p_w]%Z)).
Definition dilate : tensor A := tensor6
  (fun n c m i j k => Σ t < (q + 1)%Z, Σ y < (q2 + 1)%Z, Σ x < (q3 + 1)%Z, when ((i =? s_d * t) && (j =? s_h * y) && (k =? s_w * x))%Z (delta [n; c; m; t; y; x])).
Definition closed_form : tensor A := tensor6
  (fun g j i r u v => Σ n < N, Σ t < (q * s_d + 1)%Z, Σ y < (q2 * s_h + 1)%Z, Σ x < (q3 * s_w + 1)%Z, pad2 [n; g; i; d_d * r + t; d_h * u + y; d_w * v + x]%Z * dilate [n; g; j; t; y; x]).

Theorem depthwise_conv3d_weight (e : tensor A) :
  Σ n < N, Σ g < C, Σ j < M, Σ t < (q + 1)%Z, Σ y < (q2 + 1)%Z, Σ x < (q3 + 1)%Z, delta [n; g; j; t; y; x] * conv3d e [n; g; j; t; y; x]
  = Σ g < C, Σ j < M, Σ i < 1, Σ r < J, Σ u < K, Σ v < L, closed_form [g; j; i; r; u; v] * e [g; j; i; r; u; v].
Proof.
  open_up ltac:(unfold closed_form, dilate, pad2, t2, conv3d, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n g j t y x i r u v => (g, (j, (i, (r, (u, (v, ((n, (s_d * t, (s_h * y, (s_w * x, (tt, (t, (y, (x, tt)))))))), tt))))))))%Z
      (fun g j i r u v n t y x t3 y2 x2 => (n, (g, (j, (t3, (y2, (x2, (i, (r, (u, (v, (tt, tt))))))))))))%Z.
    - intros n ?known g ?known j ?known t ?known y ?known x ?known i ?known r ?known u ?known v ?known. guards_known.
      multiply (s_d - 1)%Z (t)%Z.
      multiply (q - t)%Z (s_d - 1)%Z.
      multiply (s_h - 1)%Z (y)%Z.
      multiply (q2 - y)%Z (s_h - 1)%Z.
      multiply (s_w - 1)%Z (x)%Z.
      multiply (q3 - x)%Z (s_w - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros g ?known j ?known i ?known r ?known u ?known v ?known n ?known t ?known y ?known x ?known t3 ?known y2 ?known x2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions depthwise_conv3d_weight.
