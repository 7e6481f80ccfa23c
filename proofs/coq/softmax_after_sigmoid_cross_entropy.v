(* softmax_after_sigmoid.cross_entropy: Output error of cross-entropy through softmax and the
   sigmoid below it
   ∂J/∂z = (softmax(sigmoid(z)) - y) / N * sigmoid(z) * (1 - sigmoid(z))
   For every N, C ≥ 1.
   When z changes by e, the first-order change of the sum of cross_entropy, by the chain rule, is
   that of the closed form times e. With sigmoid' = sigmoid·(1 - sigmoid), exp' = exp, log' =
   reciprocal, reciprocal' = -reciprocal². *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Variables y : tensor A.
Variables sigmoid exp log reciprocal : A -> A.
Variable over_N : A.
Hypothesis over_N_law : integer N * over_N = 1.

Definition activation (z : tensor A) : tensor A := tensor2
  (fun n c => pointwise sigmoid z [n; c]).
Definition activation2 (z : tensor A) : tensor A := tensor2
  (fun n c => pointwise exp (activation z) [n; c]).
Definition sum_axes (z : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, activation2 z [n; c]).
Definition activation3 (z : tensor A) : tensor A := tensor2
  (fun n c_ => pointwise log (sum_axes z) [n; c_]).
Definition log_softmax (z : tensor A) : tensor A := tensor2
  (fun n c => activation z [n; c] - activation3 z [n; 0]%Z).
Definition scaled (z : tensor A) : tensor A := tensor2
  (fun n c => y [n; c] * log_softmax z [n; c]).
Definition sum_axes2 (z : tensor A) : tensor A := tensor0
  (Σ n < N, Σ c < C, scaled z [n; c]).
Definition scaled2 (z : tensor A) : tensor A := tensor0
  (- sum_axes2 z []).
Definition cross_entropy (z : tensor A) : tensor A := tensor0
  (over_N * scaled2 z []).
Definition softmax (z : tensor A) : tensor A := tensor2
  (fun n c => activation2 z [n; c] * (pointwise reciprocal (sum_axes z) [n; 0]%Z)).
Definition difference (z : tensor A) : tensor A := tensor2
  (fun n c => softmax z [n; c] - y [n; c]).
Definition quotient (z : tensor A) : tensor A := tensor2
  (fun n c => over_N * difference z [n; c]).
Definition scaled3 (z : tensor A) : tensor A := tensor2
  (fun n c => quotient z [n; c] * activation z [n; c]).
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
Definition activation3_change (z e : tensor A) : tensor A := tensor2
  (fun n c_ => pointwise reciprocal (sum_axes z) [n; c_] * sum_axes_change z e [n; c_]).
Definition log_softmax_change (z e : tensor A) : tensor A := tensor2
  (fun n c => activation_change z e [n; c] - activation3_change z e [n; 0]%Z).
Definition scaled_change (z e : tensor A) : tensor A := tensor2
  (fun n c => y [n; c] * log_softmax_change z e [n; c]).
Definition sum_axes2_change (z e : tensor A) : tensor A := tensor0
  (Σ n < N, Σ c < C, scaled_change z e [n; c]).
Definition scaled2_change (z e : tensor A) : tensor A := tensor0
  (- sum_axes2_change z e []).
Definition cross_entropy_change (z e : tensor A) : tensor A := tensor0
  (over_N * scaled2_change z e []).

Theorem softmax_after_sigmoid_cross_entropy (z e : tensor A) :
  (forall j0, (0 <= j0 < N)%Z -> Σ k1 < C, y [j0; k1] = 1) ->
  cross_entropy_change z e []
  = Σ n < N, Σ c < C, closed_form z [n; c] * e [n; c].
Proof.
  intros known_hypothesis_0.
  apply (adding (Σ n < N, Σ c2 < C, - (over_N * pointwise reciprocal (sum_axes z) [n; 0]%Z * pointwise exp (activation z) [n; c2] * pointwise sigmoid z [n; c2] * e [n; c2] * (Σ k1 < C, y [n; k1] - 1)))).
  { vanishing_over n. vanishing_over c2. vanishing. apply (known_hypothesis_0 (n)%Z); lia. }
  apply (adding (Σ n < N, Σ c2 < C, over_N * pointwise reciprocal (sum_axes z) [n; 0]%Z * pointwise exp (activation z) [n; c2] * pointwise sigmoid z [n; c2] * pointwise sigmoid z [n; c2] * e [n; c2] * (Σ k1 < C, y [n; k1] - 1))).
  { vanishing_over n. vanishing_over c2. vanishing. apply (known_hypothesis_0 (n)%Z); lia. }
  open_up ltac:(unfold cross_entropy_change, scaled2_change, sum_axes2_change, scaled_change, log_softmax_change, activation3_change, sum_axes_change, activation2_change, activation_change, closed_form, difference2, scaled3, quotient, difference, softmax, cross_entropy, scaled2, sum_axes2, scaled, log_softmax, activation3, sum_axes, activation2, activation).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4; ?pleft5; ?pleft6; ?pleft7; ?pleft8] = values outermost [?pright1; ?pright2; ?pright3; ?pright4] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (left5 := pleft5); pose (left6 := pleft6); pose (left7 := pleft7); pose (left8 := pleft8); pose (right1 := pright1); pose (right2 := pright2); pose (right3 := pright3); pose (right4 := pright4); change (values outermost [left1; left2; left3; left4; left5; left6; left7; left8] = values outermost [right1; right2; right3; right4]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right3).
  { same_sum left1 right3 1
      (fun n c => (n, (c, (((tt, tt), tt), tt))))%Z
      (fun n c => (n, (c, (tt, tt))))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law]]).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right4).
  { same_sum left2 right4 1
      (fun n c => (n, (c, (((tt, tt), tt), tt))))%Z
      (fun n c => (n, (c, (tt, tt))))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law]]).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left5 : value outermost left5 = ((- (1))) * value outermost left3).
  { same_sum left5 left3 ((- (1)))
      (fun n c2 k1 => (n, (k1, (c2, (tt, tt)))))%Z
      (fun n c c2 => (n, (c2, (c, tt))))%Z.
    - intros n ?known c2 ?known k1 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law]]).
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left7 : value outermost left7 = ((- (1))) * value outermost left4).
  { same_sum left7 left4 ((- (1)))
      (fun n c2 k1 => (n, (k1, (c2, (tt, tt)))))%Z
      (fun n c c2 => (n, (c2, (c, tt))))%Z.
    - intros n ?known c2 ?known k1 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law]]).
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left6 : value outermost left6 = 1 * value outermost right1).
  { same_sum left6 right1 1
      (fun n c2 => (n, (c2, (((tt, tt), tt), tt))))%Z
      (fun n c => (n, (c, tt)))%Z.
    - intros n ?known c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law]]).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left8 : value outermost left8 = 1 * value outermost right2).
  { same_sum left8 right2 1
      (fun n c2 => (n, (c2, (((tt, tt), tt), tt))))%Z
      (fun n c => (n, (c, tt)))%Z.
    - intros n ?known c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law]]).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2, ?same_left5, ?same_left7, ?same_left6, ?same_left8. numbers. ring [over_N_law].
Qed.
End certificate.
Print Assumptions softmax_after_sigmoid_cross_entropy.
