(* max_pool2d_after_activation.input: Through maximum pooling and the activation below it
   ∂J/∂z = hadamard(hadamard(upsample(delta, (k_h, k_w)), fold(winners(max_pool2d(σ(z), (k_h,
   k_w))), (k_h*Y, k_w*X), stride=(k_h, k_w))), σ'(z))
   For every N, C, k_h, Y, k_w, X ≥ 1.
   When z changes by e, the first-order change of the sum of delta times max_pool2d, by the chain
   rule, is that of the closed form times e. The derivative of a function may be any function. The
   selector of a maximum may be any tensor. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C k_h Y k_w X : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis k_h_least : (1 <= k_h)%Z.
Hypothesis Y_least : (1 <= Y)%Z.
Hypothesis k_w_least : (1 <= k_w)%Z.
Hypothesis X_least : (1 <= X)%Z.
(* greatest is a maximum over a window, greatest_selected any selector of its element *)
Variables delta greatest greatest_selected : tensor A.
Variables σ σ' : A -> A.

Definition activation (z : tensor A) : tensor A := tensor4
  (fun n c i j => pointwise σ z [n; c; i; j]).
Definition max_pool2d (z : tensor A) : tensor A := tensor4
  (fun n c y x => greatest [n; c; y; x]).
Definition upsample : tensor A := tensor4
  (fun n c y x => Σ y' < Y, Σ x' < X, Σ u < k_h, Σ v < k_w, when ((y =? k_h * y' + u) && (x =? k_w * x' + v))%Z (delta [n; c; y'; x'])).
Definition winners (z : tensor A) : tensor A := tensor6
  (fun n c y x u v => greatest_selected [n; c; y; x; u; v]).
Definition fold (z : tensor A) : tensor A := tensor4
  (fun n c h w => Σ y < Y, Σ x < X, Σ u < k_h, Σ v < k_w, when ((h =? k_h * y + u) && (w =? k_w * x + v))%Z (winners z [n; c; y; x; u; v])).
Definition hadamard (z : tensor A) : tensor A := tensor4
  (fun n c y x => upsample [n; c; y; x] * fold z [n; c; y; x]).
Definition activation2 (z : tensor A) : tensor A := tensor4
  (fun n c i j => pointwise σ' z [n; c; i; j]).
Definition closed_form (z : tensor A) : tensor A := tensor4
  (fun n c y x => hadamard z [n; c; y; x] * activation2 z [n; c; y; x]).
(* what changes to first order when z changes by e *)
Definition activation_change (z e : tensor A) : tensor A := tensor4
  (fun n c i j => pointwise σ' z [n; c; i; j] * e [n; c; i; j]).
Definition max_pool2d_change (z e : tensor A) : tensor A := tensor4
  (fun n c y x => Σ u < k_h, Σ v < k_w, greatest_selected [n; c; y; x; u; v] * activation_change z e [n; c; k_h * y + u; k_w * x + v]%Z).

Theorem max_pool2d_after_activation_input (z e : tensor A) :
  Σ n < N, Σ c < C, Σ y < Y, Σ x < X, delta [n; c; y; x] * max_pool2d_change z e [n; c; y; x]
  = Σ n < N, Σ c < C, Σ y < (Y * k_h)%Z, Σ x < (X * k_w)%Z, closed_form z [n; c; y; x] * e [n; c; y; x].
Proof.
  open_up ltac:(unfold max_pool2d_change, activation_change, closed_form, activation2, hadamard, fold, winners, upsample, max_pool2d, activation).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c y x u v => (n, (c, (k_h * y + u, (k_w * x + v, ((((y, (x, (u, (v, tt)))), (y, (x, (u, (v, tt))))), tt), tt))))))%Z
      (fun n c y x y' x' u v y2 x2 u2 v2 => (n, (c, (y', (x', (u2, (v2, tt)))))))%Z.
    - intros n ?known c ?known y ?known x ?known u ?known v ?known. guards_known.
      multiply (k_h - 1)%Z (y)%Z.
      multiply (Y - y - 1)%Z (k_h - 1)%Z.
      multiply (k_w - 1)%Z (x)%Z.
      multiply (X - x - 1)%Z (k_w - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known y ?known x ?known y' ?known x' ?known u ?known v ?known y2 ?known x2 ?known u2 ?known v2 ?known. guards_known.
      at_least (y' - y2)%Z ltac:(multiply (y2 - y' - 1)%Z (k_h - 1)%Z).
      at_least (y2 - y')%Z ltac:(multiply (y' - y2 - 1)%Z (k_h - 1)%Z).
      at_least (x' - x2)%Z ltac:(multiply (x2 - x' - 1)%Z (k_w - 1)%Z).
      at_least (x2 - x')%Z ltac:(multiply (x' - x2 - 1)%Z (k_w - 1)%Z).
      vanishes (y' - y2)%Z (k_h - 1)%Z.
      vanishes (x' - x2)%Z (k_w - 1)%Z.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions max_pool2d_after_activation_input.
