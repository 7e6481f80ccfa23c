(* softmax.half_squared_error: Output error of softmax with half the squared error
   ∂J/∂z = softmax(z) * (softmax(z) - y - ((softmax(z) - y) * softmax(z)).sum(axis=-1,
   keepdims=True))
   For every N, C ≥ 1.
   When z changes by e, the first-order change of the sum of half_squared_error, by the chain rule,
   is that of the closed form times e. With exp' = exp, reciprocal' = -reciprocal². *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Variables y : tensor A.
Variables exp reciprocal : A -> A.
Variable over_2 : A.
Hypothesis over_2_law : literal 2 * over_2 = 1.

Definition activation (z : tensor A) : tensor A := tensor2
  (fun n c => pointwise exp z [n; c]).
Definition sum_axes (z : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, activation z [n; c]).
Definition softmax (z : tensor A) : tensor A := tensor2
  (fun n c => activation z [n; c] * (pointwise reciprocal (sum_axes z) [n; 0]%Z)).
Definition half_squared_error (z : tensor A) : tensor A := tensor0
  (over_2 * (Σ n < N, Σ c < C, (softmax z [n; c] - y [n; c]) * (softmax z [n; c] - y [n; c]))).
Definition difference (z : tensor A) : tensor A := tensor2
  (fun n c => softmax z [n; c] - y [n; c]).
Definition scaled (z : tensor A) : tensor A := tensor2
  (fun n c => difference z [n; c] * softmax z [n; c]).
Definition sum_axes2 (z : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, scaled z [n; c]).
Definition difference2 (z : tensor A) : tensor A := tensor2
  (fun n c => difference z [n; c] - sum_axes2 z [n; 0]%Z).
Definition closed_form (z : tensor A) : tensor A := tensor2
  (fun n c => softmax z [n; c] * difference2 z [n; c]).
(* what changes to first order when z changes by e *)
Definition activation_change (z e : tensor A) : tensor A := tensor2
  (fun n c => pointwise exp z [n; c] * e [n; c]).
Definition sum_axes_change (z e : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, activation_change z e [n; c]).
Definition softmax_change (z e : tensor A) : tensor A := tensor2
  (fun n c => activation_change z e [n; c] * (pointwise reciprocal (sum_axes z) [n; 0]%Z) + activation z [n; c] * ((- (pointwise reciprocal (sum_axes z) [n; 0]%Z * pointwise reciprocal (sum_axes z) [n; 0]%Z)) * sum_axes_change z e [n; 0]%Z)).
Definition half_squared_error_change (z e : tensor A) : tensor A := tensor0
  (over_2 * (Σ n < N, Σ c < C, (softmax_change z e [n; c] * (softmax z [n; c] - y [n; c]) + (softmax z [n; c] - y [n; c]) * softmax_change z e [n; c]))).

Theorem softmax_half_squared_error (z e : tensor A) :
  half_squared_error_change z e []
  = Σ n < N, Σ c < C, closed_form z [n; c] * e [n; c].
Proof.
  open_up ltac:(unfold half_squared_error_change, softmax_change, sum_axes_change, activation_change, closed_form, difference2, sum_axes2, scaled, difference, half_squared_error, softmax, sum_axes, activation).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4; ?pleft5; ?pleft6; ?pleft7; ?pleft8] = values outermost [?pright1; ?pright2; ?pright3; ?pright4] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (left5 := pleft5); pose (left6 := pleft6); pose (left7 := pleft7); pose (left8 := pleft8); pose (right1 := pright1); pose (right2 := pright2); pose (right3 := pright3); pose (right4 := pright4); change (values outermost [left1; left2; left3; left4; left5; left6; left7; left8] = values outermost [right1; right2; right3; right4]) end.
  assert (same_left1 : value outermost left1 = over_2 * value outermost right1).
  { same_sum left1 right1 over_2
      (fun n c => (n, (c, (tt, tt))))%Z
      (fun n c => (n, (c, (tt, tt))))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left5 : value outermost left5 = over_2 * value outermost right1).
  { same_sum left5 right1 over_2
      (fun n c => (n, (c, (tt, tt))))%Z
      (fun n c => (n, (c, (tt, tt))))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = over_2 * value outermost right2).
  { same_sum left2 right2 over_2
      (fun n c => (n, (c, (tt, tt))))%Z
      (fun n c => (n, (c, (tt, tt))))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left7 : value outermost left7 = over_2 * value outermost right2).
  { same_sum left7 right2 over_2
      (fun n c => (n, (c, (tt, tt))))%Z
      (fun n c => (n, (c, (tt, tt))))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = over_2 * value outermost right3).
  { same_sum left3 right3 over_2
      (fun n c c2 => (n, (c2, ((c, (tt, tt)), tt))))%Z
      (fun n c c2 => (n, (c2, ((c, tt), tt))))%Z.
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left6 : value outermost left6 = over_2 * value outermost right3).
  { same_sum left6 right3 over_2
      (fun n c c3 => (n, (c3, ((c, (tt, tt)), tt))))%Z
      (fun n c c2 => (n, (c2, (tt, (c, tt)))))%Z.
    - intros n ?known c ?known c3 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = over_2 * value outermost right4).
  { same_sum left4 right4 over_2
      (fun n c c2 => (n, (c2, ((c, (tt, tt)), tt))))%Z
      (fun n c c2 => (n, (c2, ((c, tt), tt))))%Z.
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left8 : value outermost left8 = over_2 * value outermost right4).
  { same_sum left8 right4 over_2
      (fun n c c3 => (n, (c3, ((c, (tt, tt)), tt))))%Z
      (fun n c c2 => (n, (c2, (tt, (c, tt)))))%Z.
    - intros n ?known c ?known c3 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left5, ?same_left2, ?same_left7, ?same_left3, ?same_left6, ?same_left4, ?same_left8. numbers. ring [over_2_law].
Qed.
End certificate.
Print Assumptions softmax_half_squared_error.
