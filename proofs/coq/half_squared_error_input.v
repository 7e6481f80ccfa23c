(* half_squared_error.input: Output error of one sample
   ∂J/∂a = a - y
   For every O ≥ 1.
   J is the sum of half_squared_error. When a changes by ε·e, where the square of ε is 0, J changes
   by ε times the sum of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables O : Z.
Hypothesis O_least : (1 <= O)%Z.
Variables y : tensor A.
Variable over_2 : A.
Hypothesis over_2_law : literal 2 * over_2 = 1.

Definition half_squared_error (a : tensor A) : tensor A := tensor0
  (over_2 * (Σ o < O, (a [o] - y [o]) * (a [o] - y [o]))).
Definition closed_form (a : tensor A) : tensor A := tensor1
  (fun o => a [o] - y [o]).
(* what changes to first order when a changes by e *)
Definition half_squared_error_change (a e : tensor A) : tensor A := tensor0
  (over_2 * (Σ o < O, (e [o] * (a [o] - y [o]) + (a [o] - y [o]) * e [o]))).

Lemma half_squared_error_input_change (a e : tensor A) :
  half_squared_error_change a e []
  = Σ o < O, closed_form a [o] * e [o].
Proof.
  open_up ltac:(unfold half_squared_error_change, closed_form, half_squared_error).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2; left3; left4] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = over_2 * value outermost right1).
  { same_sum left1 right1 over_2
      (fun o => (o, (tt, tt)))%Z
      (fun o => (o, tt))%Z.
    - intros o ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros o ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = over_2 * value outermost right1).
  { same_sum left3 right1 over_2
      (fun o => (o, (tt, tt)))%Z
      (fun o => (o, (tt, tt)))%Z.
    - intros o ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros o ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = over_2 * value outermost right2).
  { same_sum left2 right2 over_2
      (fun o => (o, (tt, tt)))%Z
      (fun o => (o, tt))%Z.
    - intros o ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros o ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = over_2 * value outermost right2).
  { same_sum left4 right2 over_2
      (fun o => (o, (tt, tt)))%Z
      (fun o => (o, (tt, tt)))%Z.
    - intros o ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros o ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left3, ?same_left2, ?same_left4. numbers. ring [over_2_law].
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma half_squared_error_moves (a e : tensor A) :
  half_squared_error (moved a ε e) []
  = half_squared_error a [] + ε * half_squared_error_change a e [].
Proof. unfold half_squared_error, half_squared_error_change. first_order ε_square ltac:(idtac). Qed.
Theorem half_squared_error_input (a e : tensor A) :
  half_squared_error (moved a ε e) []
  = (half_squared_error a [])
    + ε * (Σ o < O, closed_form a [o] * e [o]).
Proof.
  rewrite <- (half_squared_error_input_change a e).
  first_order ε_square ltac:(rewrite ?half_squared_error_moves).
Qed.
End certificate.
Print Assumptions half_squared_error_input.
