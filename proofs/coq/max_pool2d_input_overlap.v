(* max_pool2d.input_overlap: Through maximum pooling with overlapping windows, stride and padding
   ∂J/∂a = fold(hadamard(expand(delta, ((k_h,), (k_w,))), winners(max_pool2d(a, (k_h, k_w),
   stride=(s_h, s_w), padding=(p_h, p_w)))), (H, W), stride=(s_h, s_w), padding=(p_h, p_w))
   For every N, C, H, W, k_h, s_h, k_w, s_w ≥ 1 and p_h, p_w ≥ 0 with H + 2*p_h ≥ k_h, W + 2*p_w ≥
   k_w, k_h ≥ 2*p_h, k_w ≥ 2*p_w.
   When a changes by e, the first-order change of the sum of delta times max_pool2d, by the chain
   rule, is that of the closed form times e. The selector of a maximum may be any tensor. *)
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
Hypothesis assumed2 : (2 * p_h <= k_h)%Z.
Hypothesis assumed3 : (2 * p_w <= k_w)%Z.
(* greatest is a maximum over a window, greatest_selected any selector of its element *)
Variables delta greatest greatest_selected : tensor A.

Definition max_pool2d (a : tensor A) : tensor A := tensor4
  (fun n c y x => greatest [y; x; n; c]).
Definition expand : tensor A := tensor6
  (fun n c i j e0 e1 => delta [n; c; i; j]).
Definition winners (a : tensor A) : tensor A := tensor6
  (fun n c y x u v => when ((p_h <=? s_h * y + u) && (s_h * y + u <? H + p_h) && (p_w <=? s_w * x + v) && (s_w * x + v <? W + p_w))%Z (greatest_selected [y; x; n; c; u; v])).
Definition hadamard (a : tensor A) : tensor A := tensor6
  (fun n c i j e0 e1 => expand [n; c; i; j; e0; e1] * winners a [n; c; i; j; e0; e1]).
Definition closed_form (a : tensor A) : tensor A := tensor4
  (fun n c h w => Σ y < (q + 1)%Z, Σ x < (q2 + 1)%Z, Σ u < k_h, Σ v < k_w, when ((h + p_h =? s_h * y + u) && (w + p_w =? s_w * x + v))%Z (hadamard a [n; c; y; x; u; v])).
(* what changes to first order when a changes by e *)
Definition max_pool2d_change (a e : tensor A) : tensor A := tensor4
  (fun n c y x => Σ u < k_h, Σ v < k_w, when ((p_h <=? s_h * y + u) && (s_h * y + u <? H + p_h) && (p_w <=? s_w * x + v) && (s_w * x + v <? W + p_w))%Z (greatest_selected [y; x; n; c; u; v] * e [n; c; s_h * y + u - p_h; s_w * x + v - p_w]%Z)).

Theorem max_pool2d_input_overlap (a e : tensor A) :
  Σ n < N, Σ c < C, Σ y < (q + 1)%Z, Σ x < (q2 + 1)%Z, delta [n; c; y; x] * max_pool2d_change a e [n; c; y; x]
  = Σ n < N, Σ c < C, Σ h < H, Σ w < W, closed_form a [n; c; h; w] * e [n; c; h; w].
Proof.
  open_up ltac:(unfold max_pool2d_change, closed_form, hadamard, winners, expand, max_pool2d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c y x u v => (n, (c, (s_h * y + u - p_h, (s_w * x + v - p_w, ((y, (x, (u, (v, tt)))), tt))))))%Z
      (fun n c h w y x u v => (n, (c, (y, (x, (u, (v, tt)))))))%Z.
    - intros n ?known c ?known y ?known x ?known u ?known v ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known h ?known w ?known y ?known x ?known u ?known v ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions max_pool2d_input_overlap.
