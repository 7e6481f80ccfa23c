(* avg_pool2d.input_overlap: Through average pooling with overlapping windows, stride and padding
   ∂J/∂a = correlate(pad(dilate(delta, (s_h, s_w)), ((k_h - p_h - 1, H + p_h - s_h*((H + 2*p_h -
   k_h)//s_h) - 1), (k_w - p_w - 1, W + p_w - s_w*((W + 2*p_w - k_w)//s_w) - 1))), full(1, (C, 1,
   k_h, k_w)), groups=C) / (k_h*k_w)
   For every N, C, H, W, k_h, s_h, k_w, s_w ≥ 1 and p_h, p_w ≥ 0 with H + 2*p_h ≥ k_h, W + 2*p_w ≥
   k_w.
   avg_pool2d is linear in a: for every e, the sum of delta times avg_pool2d of e is that of the
   closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H W p_h k_h s_h p_w k_w s_w q q2 : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis p_h_least : (0 <= p_h)%Z.
Hypothesis k_h_least : (1 <= k_h)%Z.
Hypothesis s_h_least : (1 <= s_h)%Z.
Hypothesis p_w_least : (0 <= p_w)%Z.
Hypothesis k_w_least : (1 <= k_w)%Z.
Hypothesis s_w_least : (1 <= s_w)%Z.
(* q is (H + 2 * p_h - k_h) / s_h, rounded down *)
Hypothesis q_floor : (s_h * q <= H + 2 * p_h - k_h < s_h * q + s_h)%Z.
(* q2 is (W + 2 * p_w - k_w) / s_w, rounded down *)
Hypothesis q2_floor : (s_w * q2 <= W + 2 * p_w - k_w < s_w * q2 + s_w)%Z.
Hypothesis assumed : (k_h <= H + 2 * p_h)%Z.
Hypothesis assumed1 : (k_w <= W + 2 * p_w)%Z.
Variables delta : tensor A.
Variable over_k_h : A.
Hypothesis over_k_h_law : integer k_h * over_k_h = 1.
Variable over_k_w : A.
Hypothesis over_k_w_law : integer k_w * over_k_w = 1.

Definition pad (a : tensor A) : tensor A := tensor4
  (fun n c h w => when ((p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (a [n; c; h - p_h; w - p_w]%Z)).
Definition avg_pool2d (a : tensor A) : tensor A := tensor4
  (fun n c y x => (over_k_h * over_k_w) * (Σ u < k_h, Σ v < k_w, pad a [n; c; s_h * y + u; s_w * x + v]%Z)).
Definition dilate : tensor A := tensor4
  (fun n c i j => Σ y < (q + 1)%Z, Σ x < (q2 + 1)%Z, when ((i =? s_h * y) && (j =? s_w * x))%Z (delta [n; c; y; x])).
Definition pad2 : tensor A := tensor4
  (fun n c i j => when ((k_h <=? i + p_h + 1) && (i + p_h <? q * s_h + k_h) && (k_w <=? j + p_w + 1) && (j + p_w <? q2 * s_w + k_w))%Z (dilate [n; c; i + p_h - k_h + 1; j + p_w - k_w + 1]%Z)).
Definition full : tensor A := tensor4
  (fun i0 i1 i2 i3 => 1).
Definition correlate : tensor A := tensor4
  (fun n j y x => Σ i < 1, Σ u < k_h, Σ v < k_w, pad2 [n; j; y + u; x + v]%Z * full [j; i; u; v]).
Definition closed_form : tensor A := tensor4
  (fun n j y x => (over_k_h * over_k_w) * correlate [n; j; y; x]).

Theorem avg_pool2d_input_overlap (e : tensor A) :
  Σ n < N, Σ c < C, Σ y < (q + 1)%Z, Σ x < (q2 + 1)%Z, delta [n; c; y; x] * avg_pool2d e [n; c; y; x]
  = Σ n < N, Σ j < C, Σ y < H, Σ x < W, closed_form [n; j; y; x] * e [n; j; y; x].
Proof.
  open_up ltac:(unfold closed_form, correlate, full, pad2, dilate, avg_pool2d, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c y x u v => (n, (c, (s_h * y + u - p_h, (s_w * x + v - p_w, ((0, (k_h - u - 1, (k_w - v - 1, ((y, (x, tt)), tt)))), tt))))))%Z
      (fun n j y x i u v y2 x2 => (n, (j, (y2, (x2, (y + p_h - s_h * y2, (x + p_w - s_w * x2, tt)))))))%Z.
    - intros n ?known c ?known y ?known x ?known u ?known v ?known. guards_known.
      multiply (s_h - 1)%Z (y)%Z.
      multiply (q - y)%Z (s_h - 1)%Z.
      multiply (s_w - 1)%Z (x)%Z.
      multiply (q2 - x)%Z (s_w - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_k_h_law over_k_w_law]]).
    - intros n ?known j ?known y ?known x ?known i ?known u ?known v ?known y2 ?known x2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring [over_k_h_law over_k_w_law].
Qed.
End certificate.
Print Assumptions avg_pool2d_input_overlap.
