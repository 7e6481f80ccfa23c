(* avg_pool3d.input_rest: Through average pooling without overlap, with a rest that no window
   covers
   ∂J/∂a = pad(upsample(delta, (k_d, k_h, k_w)), ((0, D - k_d*(D//k_d)), (0, H - k_h*(H//k_h)), (0,
   W - k_w*(W//k_w)))) / (k_h*k_w*k_d)
   For every N, C, D, H, W, k_d, k_h, k_w ≥ 1 with D ≥ k_d, H ≥ k_h, W ≥ k_w.
   avg_pool3d is linear in a: for every e, the sum of delta times avg_pool3d of e is that of the
   closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C D H W k_d k_h k_w q q2 q3 : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis D_least : (1 <= D)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis k_d_least : (1 <= k_d)%Z.
Hypothesis k_h_least : (1 <= k_h)%Z.
Hypothesis k_w_least : (1 <= k_w)%Z.
(* q is (D) / k_d, rounded down *)
Hypothesis q_floor : (k_d * q <= D < k_d * q + k_d)%Z.
(* q2 is (H) / k_h, rounded down *)
Hypothesis q2_floor : (k_h * q2 <= H < k_h * q2 + k_h)%Z.
(* q3 is (W) / k_w, rounded down *)
Hypothesis q3_floor : (k_w * q3 <= W < k_w * q3 + k_w)%Z.
Hypothesis assumed : (k_d <= D)%Z.
Hypothesis assumed1 : (k_h <= H)%Z.
Hypothesis assumed2 : (k_w <= W)%Z.
Variables delta : tensor A.
Variable over_k_d : A.
Hypothesis over_k_d_law : integer k_d * over_k_d = 1.
Variable over_k_h : A.
Hypothesis over_k_h_law : integer k_h * over_k_h = 1.
Variable over_k_w : A.
Hypothesis over_k_w_law : integer k_w * over_k_w = 1.

Definition avg_pool3d (a : tensor A) : tensor A := tensor5
  (fun n c t y x => (over_k_d * over_k_h * over_k_w) * (Σ r < k_d, Σ u < k_h, Σ v < k_w, a [n; c; k_d * t + r; k_h * y + u; k_w * x + v]%Z)).
Definition upsample : tensor A := tensor5
  (fun n c i j k => Σ t < q, Σ y < q2, Σ x < q3, Σ r < k_d, Σ u < k_h, Σ v < k_w, when ((i =? k_d * t + r) && (j =? k_h * y + u) && (k =? k_w * x + v))%Z (delta [n; c; t; y; x])).
Definition pad : tensor A := tensor5
  (fun n c i j k => when ((0 <=? i) && (i <? k_d * q) && (0 <=? j) && (j <? k_h * q2) && (0 <=? k) && (k <? k_w * q3))%Z (upsample [n; c; i; j; k])).
Definition closed_form : tensor A := tensor5
  (fun n c i j k => (over_k_d * over_k_h * over_k_w) * pad [n; c; i; j; k]).

Theorem avg_pool3d_input_rest (e : tensor A) :
  Σ n < N, Σ c < C, Σ t < q, Σ y < q2, Σ x < q3, delta [n; c; t; y; x] * avg_pool3d e [n; c; t; y; x]
  = Σ n < N, Σ c < C, Σ i < D, Σ j < H, Σ k < W, closed_form [n; c; i; j; k] * e [n; c; i; j; k].
Proof.
  open_up ltac:(unfold closed_form, pad, upsample, avg_pool3d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c t y x r u v => (n, (c, (k_d * t + r, (k_h * y + u, (k_w * x + v, ((t, (y, (x, (r, (u, (v, tt)))))), tt)))))))%Z
      (fun n c i j k t y x r u v => (n, (c, (t, (y, (x, (i - k_d * t, (j - k_h * y, (k - k_w * x, tt)))))))))%Z.
    - intros n ?known c ?known t ?known y ?known x ?known r ?known u ?known v ?known. guards_known.
      multiply (k_d - 1)%Z (t)%Z.
      multiply (q - t - 1)%Z (k_d - 1)%Z.
      multiply (k_h - 1)%Z (y)%Z.
      multiply (q2 - y - 1)%Z (k_h - 1)%Z.
      multiply (k_w - 1)%Z (x)%Z.
      multiply (q3 - x - 1)%Z (k_w - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_k_d_law over_k_h_law over_k_w_law]]).
    - intros n ?known c ?known i ?known j ?known k ?known t ?known y ?known x ?known r ?known u ?known v ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring [over_k_d_law over_k_h_law over_k_w_law].
Qed.
End certificate.
Print Assumptions avg_pool3d_input_rest.
