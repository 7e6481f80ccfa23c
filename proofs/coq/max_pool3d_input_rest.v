(* max_pool3d.input_rest: Through maximum pooling without overlap, with a rest that no window
   covers
   ∂J/∂a = pad(hadamard(upsample(delta, (k_d, k_h, k_w)), fold(winners(max_pool3d(a, (k_d, k_h,
   k_w))), (k_d*(D//k_d), k_h*(H//k_h), k_w*(W//k_w)), stride=(k_d, k_h, k_w))), ((0, D -
   k_d*(D//k_d)), (0, H - k_h*(H//k_h)), (0, W - k_w*(W//k_w))))
   For every N, C, D, H, W, k_d, k_h, k_w ≥ 1 with D ≥ k_d, H ≥ k_h, W ≥ k_w.
   When a changes by e, the first-order change of the sum of delta times max_pool3d, by the chain
   rule, is that of the closed form times e. The selector of a maximum may be any tensor. *)
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
(* greatest is a maximum over a window, greatest_selected any selector of its element *)
Variables delta greatest greatest_selected : tensor A.

Definition max_pool3d (a : tensor A) : tensor A := tensor5
  (fun n c t y x => greatest [n; c; t; y; x]).
Definition upsample : tensor A := tensor5
  (fun n c i j k => Σ t < q, Σ y < q2, Σ x < q3, Σ r < k_d, Σ u < k_h, Σ v < k_w, when ((i =? k_d * t + r) && (j =? k_h * y + u) && (k =? k_w * x + v))%Z (delta [n; c; t; y; x])).
Definition winners (a : tensor A) : tensor A := tensor8
  (fun n c t y x r u v => greatest_selected [n; c; t; y; x; r; u; v]).
Definition fold (a : tensor A) : tensor A := tensor5
  (fun n c d h w => Σ t < q, Σ y < q2, Σ x < q3, Σ r < k_d, Σ u < k_h, Σ v < k_w, when ((d =? k_d * t + r) && (h =? k_h * y + u) && (w =? k_w * x + v))%Z (winners a [n; c; t; y; x; r; u; v])).
Definition hadamard (a : tensor A) : tensor A := tensor5
  (fun n c i j k => upsample [n; c; i; j; k] * fold a [n; c; i; j; k]).
Definition closed_form (a : tensor A) : tensor A := tensor5
  (fun n c i j k => when ((0 <=? i) && (i <? k_d * q) && (0 <=? j) && (j <? k_h * q2) && (0 <=? k) && (k <? k_w * q3))%Z (hadamard a [n; c; i; j; k])).
(* what changes to first order when a changes by e *)
Definition max_pool3d_change (a e : tensor A) : tensor A := tensor5
  (fun n c t y x => Σ r < k_d, Σ u < k_h, Σ v < k_w, greatest_selected [n; c; t; y; x; r; u; v] * e [n; c; k_d * t + r; k_h * y + u; k_w * x + v]%Z).

Theorem max_pool3d_input_rest (a e : tensor A) :
  Σ n < N, Σ c < C, Σ t < q, Σ y < q2, Σ x < q3, delta [n; c; t; y; x] * max_pool3d_change a e [n; c; t; y; x]
  = Σ n < N, Σ c < C, Σ i < D, Σ j < H, Σ k < W, closed_form a [n; c; i; j; k] * e [n; c; i; j; k].
Proof.
  open_up ltac:(unfold max_pool3d_change, closed_form, hadamard, fold, winners, upsample, max_pool3d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c t y x r u v => (n, (c, (k_d * t + r, (k_h * y + u, (k_w * x + v, (((t, (y, (x, (r, (u, (v, tt)))))), (t, (y, (x, (r, (u, (v, tt))))))), tt)))))))%Z
      (fun n c i j k t y x r u v t2 y2 x2 r2 u2 v2 => (n, (c, (t, (y, (x, (r2, (u2, (v2, tt)))))))))%Z.
    - intros n ?known c ?known t ?known y ?known x ?known r ?known u ?known v ?known. guards_known.
      multiply (k_d - 1)%Z (t)%Z.
      multiply (q - t - 1)%Z (k_d - 1)%Z.
      multiply (k_h - 1)%Z (y)%Z.
      multiply (q2 - y - 1)%Z (k_h - 1)%Z.
      multiply (k_w - 1)%Z (x)%Z.
      multiply (q3 - x - 1)%Z (k_w - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known i ?known j ?known k ?known t ?known y ?known x ?known r ?known u ?known v ?known t2 ?known y2 ?known x2 ?known r2 ?known u2 ?known v2 ?known. guards_known.
      at_least (t - t2)%Z ltac:(multiply (t2 - t - 1)%Z (k_d - 1)%Z).
      at_least (t2 - t)%Z ltac:(multiply (t - t2 - 1)%Z (k_d - 1)%Z).
      at_least (y - y2)%Z ltac:(multiply (y2 - y - 1)%Z (k_h - 1)%Z).
      at_least (y2 - y)%Z ltac:(multiply (y - y2 - 1)%Z (k_h - 1)%Z).
      at_least (x - x2)%Z ltac:(multiply (x2 - x - 1)%Z (k_w - 1)%Z).
      at_least (x2 - x)%Z ltac:(multiply (x - x2 - 1)%Z (k_w - 1)%Z).
      vanishes (t - t2)%Z (k_d - 1)%Z.
      vanishes (y - y2)%Z (k_h - 1)%Z.
      vanishes (x - x2)%Z (k_w - 1)%Z.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions max_pool3d_input_rest.
