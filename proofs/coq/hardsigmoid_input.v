(* hardsigmoid.input: Through the hard sigmoid
   ∂J/∂z = delta * (step(z + 3) * step(3 - z)) / 6
   For every N, I ≥ 1.
   When z changes by e, the first-order change of the sum of delta times hardsigmoid, by the chain
   rule, is that of the closed form times e. With step' = 0. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N I : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis I_least : (1 <= I)%Z.
Variables delta : tensor A.
Variables step : A -> A.
Variable over_6 : A.
Hypothesis over_6_law : literal 6 * over_6 = 1.

Definition added (z : tensor A) : tensor A := tensor2
  (fun n i => z [n; i] + (literal 3)).
Definition activation (z : tensor A) : tensor A := tensor2
  (fun n i => pointwise step (added z) [n; i]).
Definition scaled (z : tensor A) : tensor A := tensor2
  (fun n i => added z [n; i] * activation z [n; i]).
Definition difference (z : tensor A) : tensor A := tensor2
  (fun n i => (literal 6) - added z [n; i]).
Definition activation2 (z : tensor A) : tensor A := tensor2
  (fun n i => pointwise step (difference z) [n; i]).
Definition scaled2 (z : tensor A) : tensor A := tensor2
  (fun n i => scaled z [n; i] * activation2 z [n; i]).
Definition difference2 (z : tensor A) : tensor A := tensor2
  (fun n i => 1 - activation2 z [n; i]).
Definition scaled3 (z : tensor A) : tensor A := tensor2
  (fun n i => (literal 6) * difference2 z [n; i]).
Definition relu6 (z : tensor A) : tensor A := tensor2
  (fun n i => scaled2 z [n; i] + scaled3 z [n; i]).
Definition hardsigmoid (z : tensor A) : tensor A := tensor2
  (fun n i => over_6 * relu6 z [n; i]).
Definition difference3 (z : tensor A) : tensor A := tensor2
  (fun n i => (literal 3) - z [n; i]).
Definition activation3 (z : tensor A) : tensor A := tensor2
  (fun n i => pointwise step (difference3 z) [n; i]).
Definition scaled4 (z : tensor A) : tensor A := tensor2
  (fun n i => activation z [n; i] * activation3 z [n; i]).
Definition scaled5 (z : tensor A) : tensor A := tensor2
  (fun n i => delta [n; i] * scaled4 z [n; i]).
Definition closed_form (z : tensor A) : tensor A := tensor2
  (fun n i => over_6 * scaled5 z [n; i]).
(* what changes to first order when z changes by e *)
Definition added_change (z e : tensor A) : tensor A := tensor2
  (fun n i => e [n; i]).
Definition scaled_change (z e : tensor A) : tensor A := tensor2
  (fun n i => added_change z e [n; i] * activation z [n; i]).
Definition difference_change (z e : tensor A) : tensor A := tensor2
  (fun n i => - added_change z e [n; i]).
Definition scaled2_change (z e : tensor A) : tensor A := tensor2
  (fun n i => scaled_change z e [n; i] * activation2 z [n; i]).
Definition relu6_change (z e : tensor A) : tensor A := tensor2
  (fun n i => scaled2_change z e [n; i]).
Definition hardsigmoid_change (z e : tensor A) : tensor A := tensor2
  (fun n i => over_6 * relu6_change z e [n; i]).

Theorem hardsigmoid_input (z e : tensor A) :
  Σ n < N, Σ i < I, delta [n; i] * hardsigmoid_change z e [n; i]
  = Σ n < N, Σ i < I, closed_form z [n; i] * e [n; i].
Proof.
  apply (adding (Σ n < N, Σ i < I, over_6 * delta [n; i] * pointwise step (added z) [n; i] * e [n; i] * (pointwise step (difference3 z) [n; i] - pointwise step (difference z) [n; i]))).
  { vanishing_over n. vanishing_over i. vanishing. unfold pointwise. f_equal; same_numbers ltac:(unfold hardsigmoid_change, relu6_change, scaled2_change, difference_change, scaled_change, added_change, closed_form, scaled5, scaled4, activation3, difference3, hardsigmoid, relu6, scaled3, difference2, scaled2, activation2, difference, scaled, activation, added). }
  open_up ltac:(unfold hardsigmoid_change, relu6_change, scaled2_change, difference_change, scaled_change, added_change, closed_form, scaled5, scaled4, activation3, difference3, hardsigmoid, relu6, scaled3, difference2, scaled2, activation2, difference, scaled, activation, added).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (right1 := pright1); change (values outermost [left1; left2; left3] = values outermost [right1]) end.
  assert (same_left3 : value outermost left3 = ((- (1))) * value outermost left1).
  { same_sum left3 left1 ((- (1)))
      (fun n i => (n, (i, tt)))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_6_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right1).
  { same_sum left2 right1 1
      (fun n i => (n, (i, tt)))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_6_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left3, ?same_left2. numbers. ring [over_6_law].
Qed.
End certificate.
Print Assumptions hardsigmoid_input.
