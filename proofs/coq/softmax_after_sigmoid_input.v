(* softmax_after_sigmoid.input: Through softmax and the sigmoid below it
   ∂J/∂z = softmax(sigmoid(z)) * (delta - (delta * softmax(sigmoid(z))).sum(axis=-1,
   keepdims=True)) * sigmoid(z) * (1 - sigmoid(z))
   For every N, C ≥ 1.
   When z changes by e, the first-order change of the sum of delta times softmax, by the chain
   rule, is that of the closed form times e. With sigmoid' = sigmoid·(1 - sigmoid), exp' = exp,
   reciprocal' = -reciprocal². *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Variables delta : tensor A.
Variables sigmoid exp reciprocal : A -> A.

Definition activation (z : tensor A) : tensor A := tensor2
  (fun n c => pointwise sigmoid z [n; c]).
Definition activation2 (z : tensor A) : tensor A := tensor2
  (fun n c => pointwise exp (activation z) [n; c]).
Definition sum_axes (z : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, activation2 z [n; c]).
Definition softmax (z : tensor A) : tensor A := tensor2
  (fun n c => activation2 z [n; c] * (pointwise reciprocal (sum_axes z) [n; 0]%Z)).
Definition scaled (z : tensor A) : tensor A := tensor2
  (fun n c => delta [n; c] * softmax z [n; c]).
Definition sum_axes2 (z : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, scaled z [n; c]).
Definition difference (z : tensor A) : tensor A := tensor2
  (fun n c => delta [n; c] - sum_axes2 z [n; 0]%Z).
Definition scaled2 (z : tensor A) : tensor A := tensor2
  (fun n c => softmax z [n; c] * difference z [n; c]).
Definition scaled3 (z : tensor A) : tensor A := tensor2
  (fun n c => scaled2 z [n; c] * activation z [n; c]).
Definition difference2 (z : tensor A) : tensor A := tensor2
  (fun n c => 1 - activation z [n; c]).
Definition closed_form (z : tensor A) : tensor A := tensor2
  (fun n c => scaled3 z [n; c] * difference2 z [n; c]).
(* what changes to first order when z changes by e *)
Definition activation_change (z e : tensor A) : tensor A := tensor2
  (fun n c => (pointwise sigmoid z [n; c] - pointwise sigmoid z [n; c] * pointwise sigmoid z [n; c]) * e [n; c]).
Definition activation2_change (z e : tensor A) : tensor A := tensor2
  (fun n c => pointwise exp (activation z) [n; c] * activation_change z e [n; c]).
Definition sum_axes_change (z e : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, activation2_change z e [n; c]).
Definition softmax_change (z e : tensor A) : tensor A := tensor2
  (fun n c => activation2_change z e [n; c] * (pointwise reciprocal (sum_axes z) [n; 0]%Z) + activation2 z [n; c] * ((- (pointwise reciprocal (sum_axes z) [n; 0]%Z * pointwise reciprocal (sum_axes z) [n; 0]%Z)) * sum_axes_change z e [n; 0]%Z)).

Theorem softmax_after_sigmoid_input (z e : tensor A) :
  Σ n < N, Σ c < C, delta [n; c] * softmax_change z e [n; c]
  = Σ n < N, Σ c < C, closed_form z [n; c] * e [n; c].
Proof.
  open_up ltac:(unfold softmax_change, sum_axes_change, activation2_change, activation_change, closed_form, difference2, scaled3, scaled2, difference, sum_axes2, scaled, softmax, sum_axes, activation2, activation).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4] = values outermost [?pright1; ?pright2; ?pright3; ?pright4] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (right1 := pright1); pose (right2 := pright2); pose (right3 := pright3); pose (right4 := pright4); change (values outermost [left1; left2; left3; left4] = values outermost [right1; right2; right3; right4]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c => (n, (c, (((tt, tt), tt), tt))))%Z
      (fun n c => (n, (c, ((tt, tt), tt))))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right2).
  { same_sum left2 right2 1
      (fun n c => (n, (c, (((tt, tt), tt), tt))))%Z
      (fun n c => (n, (c, ((tt, tt), tt))))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = 1 * value outermost right3).
  { same_sum left3 right3 1
      (fun n c c2 => (n, (c2, ((((c, tt), tt), tt), tt))))%Z
      (fun n c c2 => (n, (c2, (c, (tt, tt)))))%Z.
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = 1 * value outermost right4).
  { same_sum left4 right4 1
      (fun n c c2 => (n, (c2, ((((c, tt), tt), tt), tt))))%Z
      (fun n c c2 => (n, (c2, (c, (tt, tt)))))%Z.
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2, ?same_left3, ?same_left4. numbers. ring.
Qed.
End certificate.
Print Assumptions softmax_after_sigmoid_input.
