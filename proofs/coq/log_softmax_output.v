(* log_softmax.output: Through log-softmax, by its output
   ∂J/∂z = delta - exp(log_softmax(z)) * delta.sum(axis=-1, keepdims=True)
   For every N, C ≥ 1.
   When z changes by e, the first-order change of the sum of delta times log_softmax, by the chain
   rule, is that of the closed form times e. With exp' = exp, reciprocal' = -reciprocal², log' =
   reciprocal. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Variables delta : tensor A.
Variables exp reciprocal log : A -> A.

Definition activation (z : tensor A) : tensor A := tensor2
  (fun n c => pointwise exp z [n; c]).
Definition sum_axes (z : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, activation z [n; c]).
Definition activation2 (z : tensor A) : tensor A := tensor2
  (fun n c_ => pointwise log (sum_axes z) [n; c_]).
Definition log_softmax (z : tensor A) : tensor A := tensor2
  (fun n c => z [n; c] - activation2 z [n; 0]%Z).
Definition activation3 (z : tensor A) : tensor A := tensor2
  (fun n c => pointwise exp (log_softmax z) [n; c]).
Definition sum_axes2 : tensor A := tensor2
  (fun n c_ => Σ c < C, delta [n; c]).
Definition scaled (z : tensor A) : tensor A := tensor2
  (fun n c => activation3 z [n; c] * sum_axes2 [n; 0]%Z).
Definition closed_form (z : tensor A) : tensor A := tensor2
  (fun n c => delta [n; c] - scaled z [n; c]).
(* what changes to first order when z changes by e *)
Definition activation_change (z e : tensor A) : tensor A := tensor2
  (fun n c => pointwise exp z [n; c] * e [n; c]).
Definition sum_axes_change (z e : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, activation_change z e [n; c]).
Definition activation2_change (z e : tensor A) : tensor A := tensor2
  (fun n c_ => pointwise reciprocal (sum_axes z) [n; c_] * sum_axes_change z e [n; c_]).
Definition log_softmax_change (z e : tensor A) : tensor A := tensor2
  (fun n c => e [n; c] - activation2_change z e [n; 0]%Z).

Theorem log_softmax_output (z e : tensor A) :
  (forall x y, exp (x + y) = exp x * exp y) ->
  (forall n c_, (0 <= n < N)%Z -> (0 <= c_ < 1)%Z -> pointwise exp (activation2 z) [n; c_] = sum_axes z [n; c_]) ->
  (forall n c_, (0 <= n < N)%Z -> (0 <= c_ < 1)%Z -> sum_axes z [n; c_] * pointwise reciprocal (sum_axes z) [n; c_] = 1) ->
  Σ n < N, Σ c < C, delta [n; c] * log_softmax_change z e [n; c]
  = Σ n < N, Σ c < C, closed_form z [n; c] * e [n; c].
Proof.
  intros known_exponents known_inverse_activation2_sum_axes known_cancel_sum_axes.
  apply (adding (Σ n < N, Σ c < C, Σ c2 < C, delta [n; c] * pointwise reciprocal (sum_axes z) [n; 0]%Z * e [n; c2] * (pointwise exp z [n; c2] - pointwise exp (log_softmax z) [n; c2] * pointwise exp (activation2 z) [n; 0]%Z))).
  { vanishing_over n. vanishing_over c. vanishing_over c2. vanishing. unfold pointwise. rewrite <- !known_exponents. f_equal; same_numbers ltac:(unfold log_softmax_change, activation2_change, sum_axes_change, activation_change, closed_form, scaled, sum_axes2, activation3, log_softmax, activation2, sum_axes, activation). }
  apply (adding (Σ n < N, Σ c < C, Σ c2 < C, delta [n; c] * pointwise reciprocal (sum_axes z) [n; 0]%Z * e [n; c2] * pointwise exp (log_softmax z) [n; c2] * (pointwise exp (activation2 z) [n; 0]%Z - sum_axes z [n; 0]%Z))).
  { vanishing_over n. vanishing_over c. vanishing_over c2. vanishing. apply (known_inverse_activation2_sum_axes (n)%Z (0)%Z); lia. }
  apply (adding (Σ n < N, Σ c < C, Σ c2 < C, delta [n; c] * e [n; c2] * pointwise exp (log_softmax z) [n; c2] * (sum_axes z [n; 0]%Z * pointwise reciprocal (sum_axes z) [n; 0]%Z - 1))).
  { vanishing_over n. vanishing_over c. vanishing_over c2. vanishing. apply (known_cancel_sum_axes (n)%Z (0)%Z); lia. }
  open_up ltac:(unfold log_softmax_change, activation2_change, sum_axes_change, activation_change, closed_form, scaled, sum_axes2, activation3, log_softmax, activation2, sum_axes, activation).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4; ?pleft5; ?pleft6; ?pleft7; ?pleft8] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (left5 := pleft5); pose (left6 := pleft6); pose (left7 := pleft7); pose (left8 := pleft8); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2; left3; left4; left5; left6; left7; left8] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c => (n, (c, (tt, tt))))%Z
      (fun n c => (n, (c, tt)))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = ((- (1))) * value outermost left2).
  { same_sum left3 left2 ((- (1)))
      (fun n c c2 => (n, (c, (c2, tt))))%Z
      (fun n c c2 => (n, (c, (c2, tt))))%Z.
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left8 : value outermost left8 = 1 * value outermost right2).
  { same_sum left8 right2 1
      (fun n c c2 => (n, (c2, ((c, tt), tt))))%Z
      (fun n c c2 => (n, (c2, (c, tt))))%Z.
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left5 : value outermost left5 = ((- (1))) * value outermost left4).
  { same_sum left5 left4 ((- (1)))
      (fun n c c2 => (n, (c, (c2, tt))))%Z
      (fun n c c2 => (n, (c, (c2, tt))))%Z.
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left7 : value outermost left7 = ((- (1))) * value outermost left6).
  { same_sum left7 left6 ((- (1)))
      (fun n c c2 c3 => (n, (c, (c2, (c3, tt)))))%Z
      (fun n c c2 c3 => (n, (c, (c2, ((c3, tt), tt)))))%Z.
    - intros n ?known c ?known c2 ?known c3 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known c2 ?known c3 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left3, ?same_left8, ?same_left5, ?same_left7. numbers. ring.
Qed.
End certificate.
Print Assumptions log_softmax_output.
