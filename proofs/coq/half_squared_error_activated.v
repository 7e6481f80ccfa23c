(* half_squared_error.activated: Output error of one sample through the output activation
   ∂J/∂z = hadamard(σ(z) - y, σ'(z))
   For every O ≥ 1.
   When z changes by e, the first-order change of the sum of half_squared_error, by the chain rule,
   is that of the closed form times e. The derivative of a function may be any function. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables O : Z.
Hypothesis O_least : (1 <= O)%Z.
Variables y : tensor A.
Variables σ σ' : A -> A.
Variable over_2 : A.
Hypothesis over_2_law : literal 2 * over_2 = 1.

Definition activation (z : tensor A) : tensor A := tensor1
  (fun o => pointwise σ z [o]).
Definition half_squared_error (z : tensor A) : tensor A := tensor0
  (over_2 * (Σ o < O, (activation z [o] - y [o]) * (activation z [o] - y [o]))).
Definition difference (z : tensor A) : tensor A := tensor1
  (fun o => activation z [o] - y [o]).
Definition activation2 (z : tensor A) : tensor A := tensor1
  (fun o => pointwise σ' z [o]).
Definition closed_form (z : tensor A) : tensor A := tensor1
  (fun o => difference z [o] * activation2 z [o]).
(* what changes to first order when z changes by e *)
Definition activation_change (z e : tensor A) : tensor A := tensor1
  (fun o => pointwise σ' z [o] * e [o]).
Definition half_squared_error_change (z e : tensor A) : tensor A := tensor0
  (over_2 * (Σ o < O, (activation_change z e [o] * (activation z [o] - y [o]) + (activation z [o] - y [o]) * activation_change z e [o]))).

Theorem half_squared_error_activated (z e : tensor A) :
  half_squared_error_change z e []
  = Σ o < O, closed_form z [o] * e [o].
Proof.
  open_up ltac:(unfold half_squared_error_change, activation_change, closed_form, activation2, difference, half_squared_error, activation).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2; left3; left4] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = over_2 * value outermost right1).
  { same_sum left1 right1 over_2
      (fun o => (o, ((tt, tt), tt)))%Z
      (fun o => (o, tt))%Z.
    - intros o ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros o ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = over_2 * value outermost right1).
  { same_sum left3 right1 over_2
      (fun o => (o, ((tt, tt), tt)))%Z
      (fun o => (o, (tt, tt)))%Z.
    - intros o ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros o ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = over_2 * value outermost right2).
  { same_sum left2 right2 over_2
      (fun o => (o, ((tt, tt), tt)))%Z
      (fun o => (o, tt))%Z.
    - intros o ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros o ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = over_2 * value outermost right2).
  { same_sum left4 right2 over_2
      (fun o => (o, ((tt, tt), tt)))%Z
      (fun o => (o, (tt, tt)))%Z.
    - intros o ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros o ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left3, ?same_left2, ?same_left4. numbers. ring [over_2_law].
Qed.
End certificate.
Print Assumptions half_squared_error_activated.
