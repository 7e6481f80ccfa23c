(* cross_entropy.sample: Output error of softmax with cross-entropy, one sample
   ∂J/∂z = (softmax(z) - y) / 1
   For every C ≥ 1.
   When z changes by e, the first-order change of the sum of cross_entropy, by the chain rule, is
   that of the closed form times e. With exp' = exp, log' = reciprocal, reciprocal' = -reciprocal². *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables C : Z.
Hypothesis C_least : (1 <= C)%Z.
Variables y : tensor A.
Variables exp log reciprocal : A -> A.

Definition activation (z : tensor A) : tensor A := tensor1
  (fun c => pointwise exp z [c]).
Definition sum_axes (z : tensor A) : tensor A := tensor1
  (fun c_ => Σ c < C, activation z [c]).
Definition activation2 (z : tensor A) : tensor A := tensor1
  (fun c_ => pointwise log (sum_axes z) [c_]).
Definition log_softmax (z : tensor A) : tensor A := tensor1
  (fun c => z [c] - activation2 z [0]%Z).
Definition scaled (z : tensor A) : tensor A := tensor1
  (fun c => y [c] * log_softmax z [c]).
Definition sum_axes2 (z : tensor A) : tensor A := tensor0
  (Σ c < C, scaled z [c]).
Definition scaled2 (z : tensor A) : tensor A := tensor0
  (- sum_axes2 z []).
Definition cross_entropy (z : tensor A) : tensor A := tensor0
  (scaled2 z []).
Definition softmax (z : tensor A) : tensor A := tensor1
  (fun c => activation z [c] * (pointwise reciprocal (sum_axes z) [0]%Z)).
Definition difference (z : tensor A) : tensor A := tensor1
  (fun c => softmax z [c] - y [c]).
Definition closed_form (z : tensor A) : tensor A := tensor1
  (fun c => difference z [c]).
(* what changes to first order when z changes by e *)
Definition activation_change (z e : tensor A) : tensor A := tensor1
  (fun c => pointwise exp z [c] * e [c]).
Definition sum_axes_change (z e : tensor A) : tensor A := tensor1
  (fun c_ => Σ c < C, activation_change z e [c]).
Definition activation2_change (z e : tensor A) : tensor A := tensor1
  (fun c_ => pointwise reciprocal (sum_axes z) [c_] * sum_axes_change z e [c_]).
Definition log_softmax_change (z e : tensor A) : tensor A := tensor1
  (fun c => e [c] - activation2_change z e [0]%Z).
Definition scaled_change (z e : tensor A) : tensor A := tensor1
  (fun c => y [c] * log_softmax_change z e [c]).
Definition sum_axes2_change (z e : tensor A) : tensor A := tensor0
  (Σ c < C, scaled_change z e [c]).
Definition scaled2_change (z e : tensor A) : tensor A := tensor0
  (- sum_axes2_change z e []).
Definition cross_entropy_change (z e : tensor A) : tensor A := tensor0
  (scaled2_change z e []).

Theorem cross_entropy_sample (z e : tensor A) :
  Σ k0 < C, y [k0] = 1 ->
  cross_entropy_change z e []
  = Σ c < C, closed_form z [c] * e [c].
Proof.
  intros known_hypothesis_0.
  apply (adding (Σ c2 < C, - (pointwise reciprocal (sum_axes z) [0]%Z * pointwise exp z [c2] * e [c2] * (Σ k0 < C, y [k0] - 1)))).
  { vanishing_over c2. vanishing. apply (known_hypothesis_0); lia. }
  open_up ltac:(unfold cross_entropy_change, scaled2_change, sum_axes2_change, scaled_change, log_softmax_change, activation2_change, sum_axes_change, activation_change, closed_form, difference, softmax, cross_entropy, scaled2, sum_axes2, scaled, log_softmax, activation2, sum_axes, activation).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2; left3; left4] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right2).
  { same_sum left1 right2 1
      (fun c => (c, (tt, tt)))%Z
      (fun c => (c, tt))%Z.
    - intros c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = ((- (1))) * value outermost left2).
  { same_sum left3 left2 ((- (1)))
      (fun c2 k0 => (k0, (c2, tt)))%Z
      (fun c c2 => (c2, (c, tt)))%Z.
    - intros c2 ?known k0 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros c ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = 1 * value outermost right1).
  { same_sum left4 right1 1
      (fun c2 => (c2, (tt, tt)))%Z
      (fun c => (c, tt))%Z.
    - intros c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros c ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left3, ?same_left4. numbers. ring.
Qed.
End certificate.
Print Assumptions cross_entropy_sample.
