(* hardswish.input: Through the hard swish
   ∂J/∂z = delta * (step(z + 3) * step(3 - z) * (2 * z + 3) / 6 + 1 - step(3 - z))
   For every N, I ≥ 1.
   When z changes by e, the first-order change of the sum of delta times hardswish, by the chain
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
Variable over_3 : A.
Hypothesis over_3_law : literal 3 * over_3 = 1.
Variable over_2 : A.
Hypothesis over_2_law : literal 2 * over_2 = 1.

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
Definition hardswish (z : tensor A) : tensor A := tensor2
  (fun n i => z [n; i] * hardsigmoid z [n; i]).
Definition difference3 (z : tensor A) : tensor A := tensor2
  (fun n i => (literal 3) - z [n; i]).
Definition activation3 (z : tensor A) : tensor A := tensor2
  (fun n i => pointwise step (difference3 z) [n; i]).
Definition scaled4 (z : tensor A) : tensor A := tensor2
  (fun n i => activation z [n; i] * activation3 z [n; i]).
Definition scaled5 (z : tensor A) : tensor A := tensor2
  (fun n i => (literal 2) * z [n; i]).
Definition added2 (z : tensor A) : tensor A := tensor2
  (fun n i => scaled5 z [n; i] + (literal 3)).
Definition scaled6 (z : tensor A) : tensor A := tensor2
  (fun n i => scaled4 z [n; i] * added2 z [n; i]).
Definition quotient (z : tensor A) : tensor A := tensor2
  (fun n i => over_6 * scaled6 z [n; i]).
Definition added3 (z : tensor A) : tensor A := tensor2
  (fun n i => quotient z [n; i] + 1).
Definition difference4 (z : tensor A) : tensor A := tensor2
  (fun n i => added3 z [n; i] - activation3 z [n; i]).
Definition closed_form (z : tensor A) : tensor A := tensor2
  (fun n i => delta [n; i] * difference4 z [n; i]).
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
Definition hardswish_change (z e : tensor A) : tensor A := tensor2
  (fun n i => e [n; i] * hardsigmoid z [n; i] + z [n; i] * hardsigmoid_change z e [n; i]).

Theorem hardswish_input (z e : tensor A) :
  Σ n < N, Σ i < I, delta [n; i] * hardswish_change z e [n; i]
  = Σ n < N, Σ i < I, closed_form z [n; i] * e [n; i].
Proof.
  assert (over_3_quotient : over_3 = literal 2 * over_6) by (apply (reciprocal_of_multiple (literal 3) (literal 6)); [numbers; ring|assumption|assumption]).
  assert (over_2_quotient : over_2 = literal 3 * over_6) by (apply (reciprocal_of_multiple (literal 2) (literal 6)); [numbers; ring|assumption|assumption]).
  apply (adding (Σ n < N, Σ i < I, over_3 * delta [n; i] * pointwise step (added z) [n; i] * z [n; i] * e [n; i] * (pointwise step (difference3 z) [n; i] - pointwise step (difference z) [n; i]))).
  { vanishing_over n. vanishing_over i. vanishing. unfold pointwise. f_equal; same_numbers ltac:(unfold hardswish_change, hardsigmoid_change, relu6_change, scaled2_change, difference_change, scaled_change, added_change, closed_form, difference4, added3, quotient, scaled6, added2, scaled5, scaled4, activation3, difference3, hardswish, hardsigmoid, relu6, scaled3, difference2, scaled2, activation2, difference, scaled, activation, added). }
  apply (adding (Σ n < N, Σ i < I, over_2 * delta [n; i] * pointwise step (added z) [n; i] * e [n; i] * (pointwise step (difference3 z) [n; i] - pointwise step (difference z) [n; i]))).
  { vanishing_over n. vanishing_over i. vanishing. unfold pointwise. f_equal; same_numbers ltac:(unfold hardswish_change, hardsigmoid_change, relu6_change, scaled2_change, difference_change, scaled_change, added_change, closed_form, difference4, added3, quotient, scaled6, added2, scaled5, scaled4, activation3, difference3, hardswish, hardsigmoid, relu6, scaled3, difference2, scaled2, activation2, difference, scaled, activation, added). }
  apply (adding (Σ n < N, Σ i < I, - (delta [n; i] * e [n; i] * (pointwise step (difference3 z) [n; i] - pointwise step (difference z) [n; i])))).
  { vanishing_over n. vanishing_over i. vanishing. unfold pointwise. f_equal; same_numbers ltac:(unfold hardswish_change, hardsigmoid_change, relu6_change, scaled2_change, difference_change, scaled_change, added_change, closed_form, difference4, added3, quotient, scaled6, added2, scaled5, scaled4, activation3, difference3, hardswish, hardsigmoid, relu6, scaled3, difference2, scaled2, activation2, difference, scaled, activation, added). }
  open_up ltac:(unfold hardswish_change, hardsigmoid_change, relu6_change, scaled2_change, difference_change, scaled_change, added_change, closed_form, difference4, added3, quotient, scaled6, added2, scaled5, scaled4, activation3, difference3, hardswish, hardsigmoid, relu6, scaled3, difference2, scaled2, activation2, difference, scaled, activation, added).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4; ?pleft5; ?pleft6; ?pleft7; ?pleft8; ?pleft9; ?pleft10; ?pleft11] = values outermost [?pright1; ?pright2; ?pright3; ?pright4] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (left5 := pleft5); pose (left6 := pleft6); pose (left7 := pleft7); pose (left8 := pleft8); pose (left9 := pleft9); pose (left10 := pleft10); pose (left11 := pleft11); pose (right1 := pright1); pose (right2 := pright2); pose (right3 := pright3); pose (right4 := pright4); change (values outermost [left1; left2; left3; left4; left5; left6; left7; left8; left9; left10; left11] = values outermost [right1; right2; right3; right4]) end.
  assert (same_left3 : value outermost left3 = 1 * value outermost right3).
  { same_sum left3 right3 1
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_3_quotient over_2_quotient over_6_law over_3_law over_2_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left5 : value outermost left5 = 1 * value outermost left1).
  { same_sum left5 left1 1
      (fun n i => (n, (i, ((tt, tt), tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_3_quotient over_2_quotient over_6_law over_3_law over_2_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left7 : value outermost left7 = ((- literal 2)) * value outermost left1).
  { same_sum left7 left1 ((- literal 2))
      (fun n i => (n, (i, ((tt, tt), tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_3_quotient over_2_quotient over_6_law over_3_law over_2_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left9 : value outermost left9 = ((- (1))) * value outermost left2).
  { same_sum left9 left2 ((- (1)))
      (fun n i => (n, (i, ((tt, tt), tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_3_quotient over_2_quotient over_6_law over_3_law over_2_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left11 : value outermost left11 = ((- (1))) * value outermost left4).
  { same_sum left11 left4 ((- (1)))
      (fun n i => (n, (i, tt)))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_3_quotient over_2_quotient over_6_law over_3_law over_2_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left6 : value outermost left6 = 1 * value outermost right1).
  { same_sum left6 right1 1
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_3_quotient over_2_quotient over_6_law over_3_law over_2_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left8 : value outermost left8 = 1 * value outermost right2).
  { same_sum left8 right2 1
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_3_quotient over_2_quotient over_6_law over_3_law over_2_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left10 : value outermost left10 = 1 * value outermost right4).
  { same_sum left10 right4 1
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_3_quotient over_2_quotient over_6_law over_3_law over_2_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left3, ?same_left5, ?same_left7, ?same_left9, ?same_left11, ?same_left6, ?same_left8, ?same_left10. numbers. ring [over_3_quotient over_2_quotient over_6_law over_3_law over_2_law].
Qed.
End certificate.
Print Assumptions hardswish_input.
