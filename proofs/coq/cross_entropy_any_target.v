(* cross_entropy.any_target: Output error of softmax with cross-entropy, targets that need not sum
   to one
   ∂J/∂z = (softmax(z) * y.sum(axis=1, keepdims=True) - y) / N
   For every N, C ≥ 1.
   When z changes by e, the first-order change of the sum of cross_entropy, by the chain rule, is
   that of the closed form times e. With exp' = exp, log' = reciprocal, reciprocal' = -reciprocal². *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Variables y : tensor A.
Variables exp log reciprocal : A -> A.
Variable over_N : A.
Hypothesis over_N_law : integer N * over_N = 1.

Definition activation (z : tensor A) : tensor A := tensor2
  (fun n c => pointwise exp z [n; c]).
Definition sum_axes (z : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, activation z [n; c]).
Definition activation2 (z : tensor A) : tensor A := tensor2
  (fun n c_ => pointwise log (sum_axes z) [n; c_]).
Definition log_softmax (z : tensor A) : tensor A := tensor2
  (fun n c => z [n; c] - activation2 z [n; 0]%Z).
Definition scaled (z : tensor A) : tensor A := tensor2
  (fun n c => y [n; c] * log_softmax z [n; c]).
Definition sum_axes2 (z : tensor A) : tensor A := tensor0
  (Σ n < N, Σ c < C, scaled z [n; c]).
Definition scaled2 (z : tensor A) : tensor A := tensor0
  (- sum_axes2 z []).
Definition cross_entropy (z : tensor A) : tensor A := tensor0
  (over_N * scaled2 z []).
Definition softmax (z : tensor A) : tensor A := tensor2
  (fun n c => activation z [n; c] * (pointwise reciprocal (sum_axes z) [n; 0]%Z)).
Definition sum_axes3 : tensor A := tensor2
  (fun n c_ => Σ c < C, y [n; c]).
Definition scaled3 (z : tensor A) : tensor A := tensor2
  (fun n c => softmax z [n; c] * sum_axes3 [n; 0]%Z).
Definition difference (z : tensor A) : tensor A := tensor2
  (fun n c => scaled3 z [n; c] - y [n; c]).
Definition closed_form (z : tensor A) : tensor A := tensor2
  (fun n c => over_N * difference z [n; c]).
(* what changes to first order when z changes by e *)
Definition activation_change (z e : tensor A) : tensor A := tensor2
  (fun n c => pointwise exp z [n; c] * e [n; c]).
Definition sum_axes_change (z e : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, activation_change z e [n; c]).
Definition activation2_change (z e : tensor A) : tensor A := tensor2
  (fun n c_ => pointwise reciprocal (sum_axes z) [n; c_] * sum_axes_change z e [n; c_]).
Definition log_softmax_change (z e : tensor A) : tensor A := tensor2
  (fun n c => e [n; c] - activation2_change z e [n; 0]%Z).
Definition scaled_change (z e : tensor A) : tensor A := tensor2
  (fun n c => y [n; c] * log_softmax_change z e [n; c]).
Definition sum_axes2_change (z e : tensor A) : tensor A := tensor0
  (Σ n < N, Σ c < C, scaled_change z e [n; c]).
Definition scaled2_change (z e : tensor A) : tensor A := tensor0
  (- sum_axes2_change z e []).
Definition cross_entropy_change (z e : tensor A) : tensor A := tensor0
  (over_N * scaled2_change z e []).

Theorem cross_entropy_any_target (z e : tensor A) :
  cross_entropy_change z e []
  = Σ n < N, Σ c < C, closed_form z [n; c] * e [n; c].
Proof.
  open_up ltac:(unfold cross_entropy_change, scaled2_change, sum_axes2_change, scaled_change, log_softmax_change, activation2_change, sum_axes_change, activation_change, closed_form, difference, scaled3, sum_axes3, softmax, cross_entropy, scaled2, sum_axes2, scaled, log_softmax, activation2, sum_axes, activation).
  match goal with |- values outermost [?pleft1; ?pleft2] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right2).
  { same_sum left1 right2 1
      (fun n c => (n, (c, (tt, tt))))%Z
      (fun n c => (n, (c, tt)))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law]]).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right1).
  { same_sum left2 right1 1
      (fun n c c2 => (n, (c2, ((c, tt), tt))))%Z
      (fun n c c2 => (n, (c2, (c, tt))))%Z.
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law]]).
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2. numbers. ring [over_N_law].
Qed.
End certificate.
Print Assumptions cross_entropy_any_target.
