(* avg_pool3d.input_overlap: Through average pooling with overlapping windows, stride and padding
   ∂J/∂a = correlate(pad(dilate(delta, (s_d, s_h, s_w)), ((k_d - p_d - 1, D + p_d - s_d*((D + 2*p_d
   - k_d)//s_d) - 1), (k_h - p_h - 1, H + p_h - s_h*((H + 2*p_h - k_h)//s_h) - 1), (k_w - p_w - 1,
   W + p_w - s_w*((W + 2*p_w - k_w)//s_w) - 1))), full(1, (C, 1, k_d, k_h, k_w)), groups=C) /
   (k_h*k_w*k_d)
   For every N, C, D, H, W, k_d, s_d, k_h, s_h, k_w, s_w ≥ 1 and p_d, p_h, p_w ≥ 0 with D + 2*p_d ≥
   k_d, H + 2*p_h ≥ k_h, W + 2*p_w ≥ k_w.
   avg_pool3d is linear in a: for every e, the sum of delta times avg_pool3d of e is that of the
   closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C D H W p_d k_d s_d p_h k_h s_h p_w k_w s_w q q2 q3 : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis D_least : (1 <= D)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis p_d_least : (0 <= p_d)%Z.
Hypothesis k_d_least : (1 <= k_d)%Z.
Hypothesis s_d_least : (1 <= s_d)%Z.
Hypothesis p_h_least : (0 <= p_h)%Z.
Hypothesis k_h_least : (1 <= k_h)%Z.
Hypothesis s_h_least : (1 <= s_h)%Z.
Hypothesis p_w_least : (0 <= p_w)%Z.
Hypothesis k_w_least : (1 <= k_w)%Z.
Hypothesis s_w_least : (1 <= s_w)%Z.
(* q is (D + 2 * p_d - k_d) / s_d, rounded down *)
Hypothesis q_floor : (s_d * q <= D + 2 * p_d - k_d < s_d * q + s_d)%Z.
(* q2 is (H + 2 * p_h - k_h) / s_h, rounded down *)
Hypothesis q2_floor : (s_h * q2 <= H + 2 * p_h - k_h < s_h * q2 + s_h)%Z.
(* q3 is (W + 2 * p_w - k_w) / s_w, rounded down *)
Hypothesis q3_floor : (s_w * q3 <= W + 2 * p_w - k_w < s_w * q3 + s_w)%Z.
Hypothesis assumed : (k_d <= D + 2 * p_d)%Z.
Hypothesis assumed1 : (k_h <= H + 2 * p_h)%Z.
Hypothesis assumed2 : (k_w <= W + 2 * p_w)%Z.
Variables delta : tensor A.
Variable over_k_d : A.
Hypothesis over_k_d_law : integer k_d * over_k_d = 1.
Variable over_k_h : A.
Hypothesis over_k_h_law : integer k_h * over_k_h = 1.
Variable over_k_w : A.
Hypothesis over_k_w_law : integer k_w * over_k_w = 1.

Definition pad (a : tensor A) : tensor A := tensor5
  (fun n c d h w => when ((p_d <=? d) && (d <? D + p_d) && (p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (a [n; c; d - p_d; h - p_h; w - p_w]%Z)).
Definition avg_pool3d (a : tensor A) : tensor A := tensor5
  (fun n c t y x => (over_k_d * over_k_h * over_k_w) * (Σ r < k_d, Σ u < k_h, Σ v < k_w, pad a [n; c; s_d * t + r; s_h * y + u; s_w * x + v]%Z)).
Definition dilate : tensor A := tensor5
  (fun n c i j k => Σ t < (q + 1)%Z, Σ y < (q2 + 1)%Z, Σ x < (q3 + 1)%Z, when ((i =? s_d * t) && (j =? s_h * y) && (k =? s_w * x))%Z (delta [n; c; t; y; x])).
Definition pad2 : tensor A := tensor5
  (fun n c i j k => when ((k_d <=? i + p_d + 1) && (i + p_d <? q * s_d + k_d) && (k_h <=? j + p_h + 1) && (j + p_h <? q2 * s_h + k_h) && (k_w <=? k + p_w + 1) && (k + p_w <? q3 * s_w + k_w))%Z (dilate [n; c; i + p_d - k_d + 1; j + p_h - k_h + 1; k + p_w - k_w + 1]%Z)).
Definition full : tensor A := tensor5
  (fun i0 i1 i2 i3 i4 => 1).
Definition correlate : tensor A := tensor5
  (fun n j t y x => Σ i < 1, Σ r < k_d, Σ u < k_h, Σ v < k_w, pad2 [n; j; t + r; y + u; x + v]%Z * full [j; i; r; u; v]).
Definition closed_form : tensor A := tensor5
  (fun n j t y x => (over_k_d * over_k_h * over_k_w) * correlate [n; j; t; y; x]).

Theorem avg_pool3d_input_overlap (e : tensor A) :
  Σ n < N, Σ c < C, Σ t < (q + 1)%Z, Σ y < (q2 + 1)%Z, Σ x < (q3 + 1)%Z, delta [n; c; t; y; x] * avg_pool3d e [n; c; t; y; x]
  = Σ n < N, Σ j < C, Σ t < D, Σ y < H, Σ x < W, closed_form [n; j; t; y; x] * e [n; j; t; y; x].
Proof.
  open_up ltac:(unfold closed_form, correlate, full, pad2, dilate, avg_pool3d, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c t y x r u v => (n, (c, (s_d * t + r - p_d, (s_h * y + u - p_h, (s_w * x + v - p_w, ((0, (k_d - r - 1, (k_h - u - 1, (k_w - v - 1, ((t, (y, (x, tt))), tt))))), tt)))))))%Z
      (fun n j t y x i r u v t2 y2 x2 => (n, (j, (t2, (y2, (x2, (t + p_d - s_d * t2, (y + p_h - s_h * y2, (x + p_w - s_w * x2, tt)))))))))%Z.
    - intros n ?known c ?known t ?known y ?known x ?known r ?known u ?known v ?known. guards_known.
      multiply (s_d - 1)%Z (t)%Z.
      multiply (q - t)%Z (s_d - 1)%Z.
      multiply (s_h - 1)%Z (y)%Z.
      multiply (q2 - y)%Z (s_h - 1)%Z.
      multiply (s_w - 1)%Z (x)%Z.
      multiply (q3 - x)%Z (s_w - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_k_d_law over_k_h_law over_k_w_law]]).
    - intros n ?known j ?known t ?known y ?known x ?known i ?known r ?known u ?known v ?known t2 ?known y2 ?known x2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring [over_k_d_law over_k_h_law over_k_w_law].
Qed.
End certificate.
Print Assumptions avg_pool3d_input_overlap.
