(* sigmoid.half_squared_error: Output error through a sigmoid
   ∂J/∂z = (sigmoid(z) - y) * sigmoid(z) * (1 - sigmoid(z))
   For every N, I ≥ 1.
   When z changes by e, the first-order change of the sum of half_squared_error, by the chain rule,
   is that of the closed form times e. With sigmoid' = sigmoid·(1 - sigmoid). *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N I : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis I_least : (1 <= I)%Z.
Variables y : tensor A.
Variables sigmoid : A -> A.
Variable over_2 : A.
Hypothesis over_2_law : literal 2 * over_2 = 1.

Definition activation (z : tensor A) : tensor A := tensor2
  (fun n i => pointwise sigmoid z [n; i]).
Definition half_squared_error (z : tensor A) : tensor A := tensor0
  (over_2 * (Σ n < N, Σ i < I, (activation z [n; i] - y [n; i]) * (activation z [n; i] - y [n; i]))).
Definition difference (z : tensor A) : tensor A := tensor2
  (fun n i => activation z [n; i] - y [n; i]).
Definition scaled (z : tensor A) : tensor A := tensor2
  (fun n i => difference z [n; i] * activation z [n; i]).
Definition difference2 (z : tensor A) : tensor A := tensor2
  (fun n i => 1 - activation z [n; i]).
Definition closed_form (z : tensor A) : tensor A := tensor2
  (fun n i => scaled z [n; i] * difference2 z [n; i]).
(* what changes to first order when z changes by e *)
Definition activation_change (z e : tensor A) : tensor A := tensor2
  (fun n i => (pointwise sigmoid z [n; i] - pointwise sigmoid z [n; i] * pointwise sigmoid z [n; i]) * e [n; i]).
Definition half_squared_error_change (z e : tensor A) : tensor A := tensor0
  (over_2 * (Σ n < N, Σ i < I, (activation_change z e [n; i] * (activation z [n; i] - y [n; i]) + (activation z [n; i] - y [n; i]) * activation_change z e [n; i]))).

Theorem sigmoid_half_squared_error (z e : tensor A) :
  half_squared_error_change z e []
  = Σ n < N, Σ i < I, closed_form z [n; i] * e [n; i].
Proof.
  open_up ltac:(unfold half_squared_error_change, activation_change, closed_form, difference2, scaled, difference, half_squared_error, activation).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4; ?pleft5; ?pleft6; ?pleft7; ?pleft8] = values outermost [?pright1; ?pright2; ?pright3; ?pright4] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (left5 := pleft5); pose (left6 := pleft6); pose (left7 := pleft7); pose (left8 := pleft8); pose (right1 := pright1); pose (right2 := pright2); pose (right3 := pright3); pose (right4 := pright4); change (values outermost [left1; left2; left3; left4; left5; left6; left7; left8] = values outermost [right1; right2; right3; right4]) end.
  assert (same_left1 : value outermost left1 = over_2 * value outermost right1).
  { same_sum left1 right1 over_2
      (fun n i => (n, (i, (((tt, tt), tt), tt))))%Z
      (fun n i => (n, (i, ((tt, tt), tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left5 : value outermost left5 = over_2 * value outermost right1).
  { same_sum left5 right1 over_2
      (fun n i => (n, (i, (((tt, tt), tt), tt))))%Z
      (fun n i => (n, (i, (tt, (tt, tt)))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = over_2 * value outermost right3).
  { same_sum left2 right3 over_2
      (fun n i => (n, (i, (((tt, tt), tt), tt))))%Z
      (fun n i => (n, (i, ((tt, tt), tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left7 : value outermost left7 = over_2 * value outermost right3).
  { same_sum left7 right3 over_2
      (fun n i => (n, (i, (((tt, tt), tt), tt))))%Z
      (fun n i => (n, (i, (tt, (tt, tt)))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = over_2 * value outermost right2).
  { same_sum left3 right2 over_2
      (fun n i => (n, (i, (((tt, tt), tt), tt))))%Z
      (fun n i => (n, (i, ((tt, tt), tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left6 : value outermost left6 = over_2 * value outermost right2).
  { same_sum left6 right2 over_2
      (fun n i => (n, (i, (((tt, tt), tt), tt))))%Z
      (fun n i => (n, (i, (tt, (tt, tt)))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = over_2 * value outermost right4).
  { same_sum left4 right4 over_2
      (fun n i => (n, (i, (((tt, tt), tt), tt))))%Z
      (fun n i => (n, (i, ((tt, tt), tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left8 : value outermost left8 = over_2 * value outermost right4).
  { same_sum left8 right4 over_2
      (fun n i => (n, (i, (((tt, tt), tt), tt))))%Z
      (fun n i => (n, (i, (tt, (tt, tt)))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left5, ?same_left2, ?same_left7, ?same_left3, ?same_left6, ?same_left4, ?same_left8. numbers. ring [over_2_law].
Qed.
End certificate.
Print Assumptions sigmoid_half_squared_error.
