(* max_pool3d.input: Through maximum pooling whose windows tile the input
   ∂J/∂a = hadamard(upsample(delta, (k_d, k_h, k_w)), fold(winners(max_pool3d(a, (k_d, k_h, k_w))),
   (T*k_d, k_h*Y, k_w*X), stride=(k_d, k_h, k_w)))
   For every N, C, T, k_d, k_h, Y, k_w, X ≥ 1.
   When a changes by e, the first-order change of the sum of delta times max_pool3d, by the chain
   rule, is that of the closed form times e. The selector of a maximum may be any tensor. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C T k_d k_h Y k_w X : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis T_least : (1 <= T)%Z.
Hypothesis k_d_least : (1 <= k_d)%Z.
Hypothesis k_h_least : (1 <= k_h)%Z.
Hypothesis Y_least : (1 <= Y)%Z.
Hypothesis k_w_least : (1 <= k_w)%Z.
Hypothesis X_least : (1 <= X)%Z.
(* greatest is a maximum over a window, greatest_selected any selector of its element *)
Variables delta greatest greatest_selected : tensor A.

Definition max_pool3d (a : tensor A) : tensor A := tensor5
  (fun n c t y x => greatest [n; c; t; y; x]).
Definition upsample : tensor A := tensor5
  (fun n c t y x => Σ t' < T, Σ y' < Y, Σ x' < X, Σ r < k_d, Σ u < k_h, Σ v < k_w, when ((t =? k_d * t' + r) && (y =? k_h * y' + u) && (x =? k_w * x' + v))%Z (delta [n; c; t'; y'; x'])).
Definition winners (a : tensor A) : tensor A := tensor8
  (fun n c t y x r u v => greatest_selected [n; c; t; y; x; r; u; v]).
Definition fold (a : tensor A) : tensor A := tensor5
  (fun n c d h w => Σ t < T, Σ y < Y, Σ x < X, Σ r < k_d, Σ u < k_h, Σ v < k_w, when ((d =? k_d * t + r) && (h =? k_h * y + u) && (w =? k_w * x + v))%Z (winners a [n; c; t; y; x; r; u; v])).
Definition closed_form (a : tensor A) : tensor A := tensor5
  (fun n c t y x => upsample [n; c; t; y; x] * fold a [n; c; t; y; x]).
(* what changes to first order when a changes by e *)
Definition max_pool3d_change (a e : tensor A) : tensor A := tensor5
  (fun n c t y x => Σ r < k_d, Σ u < k_h, Σ v < k_w, greatest_selected [n; c; t; y; x; r; u; v] * e [n; c; k_d * t + r; k_h * y + u; k_w * x + v]%Z).

Theorem max_pool3d_input (a e : tensor A) :
  Σ n < N, Σ c < C, Σ t < T, Σ y < Y, Σ x < X, delta [n; c; t; y; x] * max_pool3d_change a e [n; c; t; y; x]
  = Σ n < N, Σ c < C, Σ t < (T * k_d)%Z, Σ y < (Y * k_h)%Z, Σ x < (X * k_w)%Z, closed_form a [n; c; t; y; x] * e [n; c; t; y; x].
Proof.
  open_up ltac:(unfold max_pool3d_change, closed_form, fold, winners, upsample, max_pool3d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c t y x r u v => (n, (c, (k_d * t + r, (k_h * y + u, (k_w * x + v, (((t, (y, (x, (r, (u, (v, tt)))))), (t, (y, (x, (r, (u, (v, tt))))))), tt)))))))%Z
      (fun n c t y x t' y' x' r u v t2 y2 x2 r2 u2 v2 => (n, (c, (t', (y', (x', (r2, (u2, (v2, tt)))))))))%Z.
    - intros n ?known c ?known t ?known y ?known x ?known r ?known u ?known v ?known. guards_known.
      multiply (k_d - 1)%Z (t)%Z.
      multiply (T - t - 1)%Z (k_d - 1)%Z.
      multiply (k_h - 1)%Z (y)%Z.
      multiply (Y - y - 1)%Z (k_h - 1)%Z.
      multiply (k_w - 1)%Z (x)%Z.
      multiply (X - x - 1)%Z (k_w - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known t ?known y ?known x ?known t' ?known y' ?known x' ?known r ?known u ?known v ?known t2 ?known y2 ?known x2 ?known r2 ?known u2 ?known v2 ?known. guards_known.
      at_least (t' - t2)%Z ltac:(multiply (t2 - t' - 1)%Z (k_d - 1)%Z).
      at_least (t2 - t')%Z ltac:(multiply (t' - t2 - 1)%Z (k_d - 1)%Z).
      at_least (y' - y2)%Z ltac:(multiply (y2 - y' - 1)%Z (k_h - 1)%Z).
      at_least (y2 - y')%Z ltac:(multiply (y' - y2 - 1)%Z (k_h - 1)%Z).
      at_least (x' - x2)%Z ltac:(multiply (x2 - x' - 1)%Z (k_w - 1)%Z).
      at_least (x2 - x')%Z ltac:(multiply (x' - x2 - 1)%Z (k_w - 1)%Z).
      vanishes (t' - t2)%Z (k_d - 1)%Z.
      vanishes (y' - y2)%Z (k_h - 1)%Z.
      vanishes (x' - x2)%Z (k_w - 1)%Z.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions max_pool3d_input.
