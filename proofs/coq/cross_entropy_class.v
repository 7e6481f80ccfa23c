(* cross_entropy.class: Output error of one sample whose class is t
   ∂J/∂z = softmax(z) - [out[i] = [i = t]]
   For every C ≥ 1 and t ≥ 0 with C ≥ t + 1.
   When z changes by e, the first-order change of the sum of z2, by the chain rule, is that of the
   closed form times e. With exp' = exp, log' = reciprocal, reciprocal' = -reciprocal². *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables C t : Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis t_least : (0 <= t)%Z.
Hypothesis assumed : (t < C)%Z.
Variables exp log reciprocal : A -> A.

Definition activation (z : tensor A) : tensor A := tensor1
  (fun c => pointwise exp z [c]).
Definition sum_axes (z : tensor A) : tensor A := tensor1
  (fun c_ => Σ c < C, activation z [c]).
Definition activation2 (z : tensor A) : tensor A := tensor1
  (fun c_ => pointwise log (sum_axes z) [c_]).
Definition log_softmax (z : tensor A) : tensor A := tensor1
  (fun c => z [c] - activation2 z [0]%Z).
Definition z2 (z : tensor A) : tensor A := tensor0
  (- log_softmax z [t]).
Definition softmax (z : tensor A) : tensor A := tensor1
  (fun c => activation z [c] * (pointwise reciprocal (sum_axes z) [0]%Z)).
Definition t2 : tensor A := tensor1
  (fun i => when (i =? t)%Z (1)).
Definition closed_form (z : tensor A) : tensor A := tensor1
  (fun c => softmax z [c] - t2 [c]).
(* what changes to first order when z changes by e *)
Definition activation_change (z e : tensor A) : tensor A := tensor1
  (fun c => pointwise exp z [c] * e [c]).
Definition sum_axes_change (z e : tensor A) : tensor A := tensor1
  (fun c_ => Σ c < C, activation_change z e [c]).
Definition activation2_change (z e : tensor A) : tensor A := tensor1
  (fun c_ => pointwise reciprocal (sum_axes z) [c_] * sum_axes_change z e [c_]).
Definition log_softmax_change (z e : tensor A) : tensor A := tensor1
  (fun c => e [c] - activation2_change z e [0]%Z).
Definition z2_change (z e : tensor A) : tensor A := tensor0
  (- log_softmax_change z e [t]).

Theorem cross_entropy_class (z e : tensor A) :
  z2_change z e []
  = Σ c < C, closed_form z [c] * e [c].
Proof.
  open_up ltac:(unfold z2_change, log_softmax_change, activation2_change, sum_axes_change, activation_change, closed_form, t2, softmax, z2, log_softmax, activation2, sum_axes, activation).
  match goal with |- values outermost [?pleft1; ?pleft2] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2] = values outermost [right1; right2]) end.
  assert (same_left2 : value outermost left2 = 1 * value outermost right1).
  { same_sum left2 right1 1
      (fun c => (c, (tt, tt)))%Z
      (fun c => (c, tt))%Z.
    - intros c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left1 : value outermost left1 = 1 * value outermost right2).
  { same_sum left1 right2 1
      ((t, (tt, tt)))%Z
      (fun c => tt)%Z.
    - guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros c ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left2, ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions cross_entropy_class.
