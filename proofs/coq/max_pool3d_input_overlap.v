(* max_pool3d.input_overlap: Through maximum pooling with overlapping windows, stride and padding
   ∂J/∂a = fold(hadamard(expand(delta, ((k_d,), (k_h,), (k_w,))), winners(max_pool3d(a, (k_d, k_h,
   k_w), stride=(s_d, s_h, s_w), padding=(p_d, p_h, p_w)))), (D, H, W), stride=(s_d, s_h, s_w),
   padding=(p_d, p_h, p_w))
   For every N, C, D, H, W, k_d, s_d, k_h, s_h, k_w, s_w ≥ 1 and p_d, p_h, p_w ≥ 0 with D + 2*p_d ≥
   k_d, H + 2*p_h ≥ k_h, W + 2*p_w ≥ k_w, k_d ≥ 2*p_d, k_h ≥ 2*p_h, k_w ≥ 2*p_w.
   When a changes by e, the first-order change of the sum of delta times max_pool3d, by the chain
   rule, is that of the closed form times e. The selector of a maximum may be any tensor. *)
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
Hypothesis assumed3 : (2 * p_d <= k_d)%Z.
Hypothesis assumed4 : (2 * p_h <= k_h)%Z.
Hypothesis assumed5 : (2 * p_w <= k_w)%Z.
(* greatest is a maximum over a window, greatest_selected any selector of its element *)
Variables delta greatest greatest_selected : tensor A.

Definition max_pool3d (a : tensor A) : tensor A := tensor5
  (fun n c t y x => greatest [t; y; x; n; c]).
Definition expand : tensor A := tensor8
  (fun n c i j k e0 e1 e2 => delta [n; c; i; j; k]).
Definition winners (a : tensor A) : tensor A := tensor8
  (fun n c t y x r u v => when ((p_d <=? s_d * t + r) && (s_d * t + r <? D + p_d) && (p_h <=? s_h * y + u) && (s_h * y + u <? H + p_h) && (p_w <=? s_w * x + v) && (s_w * x + v <? W + p_w))%Z (greatest_selected [t; y; x; n; c; r; u; v])).
Definition hadamard (a : tensor A) : tensor A := tensor8
  (fun n c i j k e0 e1 e2 => expand [n; c; i; j; k; e0; e1; e2] * winners a [n; c; i; j; k; e0; e1; e2]).
Definition closed_form (a : tensor A) : tensor A := tensor5
  (fun n c d h w => Σ t < (q + 1)%Z, Σ y < (q2 + 1)%Z, Σ x < (q3 + 1)%Z, Σ r < k_d, Σ u < k_h, Σ v < k_w, when ((d + p_d =? s_d * t + r) && (h + p_h =? s_h * y + u) && (w + p_w =? s_w * x + v))%Z (hadamard a [n; c; t; y; x; r; u; v])).
(* what changes to first order when a changes by e *)
Definition max_pool3d_change (a e : tensor A) : tensor A := tensor5
  (fun n c t y x => Σ r < k_d, Σ u < k_h, Σ v < k_w, when ((p_d <=? s_d * t + r) && (s_d * t + r <? D + p_d) && (p_h <=? s_h * y + u) && (s_h * y + u <? H + p_h) && (p_w <=? s_w * x + v) && (s_w * x + v <? W + p_w))%Z (greatest_selected [t; y; x; n; c; r; u; v] * e [n; c; s_d * t + r - p_d; s_h * y + u - p_h; s_w * x + v - p_w]%Z)).

Theorem max_pool3d_input_overlap (a e : tensor A) :
  Σ n < N, Σ c < C, Σ t < (q + 1)%Z, Σ y < (q2 + 1)%Z, Σ x < (q3 + 1)%Z, delta [n; c; t; y; x] * max_pool3d_change a e [n; c; t; y; x]
  = Σ n < N, Σ c < C, Σ d < D, Σ h < H, Σ w < W, closed_form a [n; c; d; h; w] * e [n; c; d; h; w].
Proof.
  open_up ltac:(unfold max_pool3d_change, closed_form, hadamard, winners, expand, max_pool3d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c t y x r u v => (n, (c, (s_d * t + r - p_d, (s_h * y + u - p_h, (s_w * x + v - p_w, ((t, (y, (x, (r, (u, (v, tt)))))), tt)))))))%Z
      (fun n c d h w t y x r u v => (n, (c, (t, (y, (x, (r, (u, (v, tt)))))))))%Z.
    - intros n ?known c ?known t ?known y ?known x ?known r ?known u ?known v ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known d ?known h ?known w ?known t ?known y ?known x ?known r ?known u ?known v ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions max_pool3d_input_overlap.
