(* avg_pool2d.input_rest: Through average pooling without overlap, with a rest that no window
   covers
   ∂J/∂a = pad(upsample(delta, (k_h, k_w)), ((0, H - k_h*(H//k_h)), (0, W - k_w*(W//k_w)))) /
   (k_h*k_w)
   For every N, C, H, W, k_h, k_w ≥ 1 with H ≥ k_h, W ≥ k_w.
   avg_pool2d is linear in a: for every e, the sum of delta times avg_pool2d of e is that of the
   closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H W k_h k_w q q2 : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis k_h_least : (1 <= k_h)%Z.
Hypothesis k_w_least : (1 <= k_w)%Z.
(* q is (H) / k_h, rounded down *)
Hypothesis q_floor : (k_h * q <= H < k_h * q + k_h)%Z.
(* q2 is (W) / k_w, rounded down *)
Hypothesis q2_floor : (k_w * q2 <= W < k_w * q2 + k_w)%Z.
Hypothesis assumed : (k_h <= H)%Z.
Hypothesis assumed1 : (k_w <= W)%Z.
Variables delta : tensor A.
Variable over_k_h : A.
Hypothesis over_k_h_law : integer k_h * over_k_h = 1.
Variable over_k_w : A.
Hypothesis over_k_w_law : integer k_w * over_k_w = 1.

Definition avg_pool2d (a : tensor A) : tensor A := tensor4
  (fun n c y x => (over_k_h * over_k_w) * (Σ u < k_h, Σ v < k_w, a [n; c; k_h * y + u; k_w * x + v]%Z)).
Definition upsample : tensor A := tensor4
  (fun n c i j => Σ y < q, Σ x < q2, Σ u < k_h, Σ v < k_w, when ((i =? k_h * y + u) && (j =? k_w * x + v))%Z (delta [n; c; y; x])).
Definition pad : tensor A := tensor4
  (fun n c i j => when ((0 <=? i) && (i <? k_h * q) && (0 <=? j) && (j <? k_w * q2))%Z (upsample [n; c; i; j])).
Definition closed_form : tensor A := tensor4
  (fun n c i j => (over_k_h * over_k_w) * pad [n; c; i; j]).

Theorem avg_pool2d_input_rest (e : tensor A) :
  Σ n < N, Σ c < C, Σ y < q, Σ x < q2, delta [n; c; y; x] * avg_pool2d e [n; c; y; x]
  = Σ n < N, Σ c < C, Σ i < H, Σ j < W, closed_form [n; c; i; j] * e [n; c; i; j].
Proof.
  open_up ltac:(unfold closed_form, pad, upsample, avg_pool2d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c y x u v => (n, (c, (k_h * y + u, (k_w * x + v, ((y, (x, (u, (v, tt)))), tt))))))%Z
      (fun n c i j y x u v => (n, (c, (y, (x, (i - k_h * y, (j - k_w * x, tt)))))))%Z.
    - intros n ?known c ?known y ?known x ?known u ?known v ?known. guards_known.
      multiply (k_h - 1)%Z (y)%Z.
      multiply (q - y - 1)%Z (k_h - 1)%Z.
      multiply (k_w - 1)%Z (x)%Z.
      multiply (q2 - x - 1)%Z (k_w - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_k_h_law over_k_w_law]]).
    - intros n ?known c ?known i ?known j ?known y ?known x ?known u ?known v ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring [over_k_h_law over_k_w_law].
Qed.
End certificate.
Print Assumptions avg_pool2d_input_rest.
