(* softmax.input: Through softmax
   ∂J/∂z = softmax(z) * (delta - (delta * softmax(z)).sum(axis=-1, keepdims=True))
   For every N, C ≥ 1.
   When z changes by e, the first-order change of the sum of delta times softmax, by the chain
   rule, is that of the closed form times e. With exp' = exp, reciprocal' = -reciprocal². *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Variables delta : tensor A.
Variables exp reciprocal : A -> A.

Definition activation (z : tensor A) : tensor A := tensor2
  (fun n c => pointwise exp z [n; c]).
Definition sum_axes (z : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, activation z [n; c]).
Definition softmax (z : tensor A) : tensor A := tensor2
  (fun n c => activation z [n; c] * (pointwise reciprocal (sum_axes z) [n; 0]%Z)).
Definition scaled (z : tensor A) : tensor A := tensor2
  (fun n c => delta [n; c] * softmax z [n; c]).
Definition sum_axes2 (z : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, scaled z [n; c]).
Definition difference (z : tensor A) : tensor A := tensor2
  (fun n c => delta [n; c] - sum_axes2 z [n; 0]%Z).
Definition closed_form (z : tensor A) : tensor A := tensor2
  (fun n c => softmax z [n; c] * difference z [n; c]).
(* what changes to first order when z changes by e *)
Definition activation_change (z e : tensor A) : tensor A := tensor2
  (fun n c => pointwise exp z [n; c] * e [n; c]).
Definition sum_axes_change (z e : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, activation_change z e [n; c]).
Definition softmax_change (z e : tensor A) : tensor A := tensor2
  (fun n c => activation_change z e [n; c] * (pointwise reciprocal (sum_axes z) [n; 0]%Z) + activation z [n; c] * ((- (pointwise reciprocal (sum_axes z) [n; 0]%Z * pointwise reciprocal (sum_axes z) [n; 0]%Z)) * sum_axes_change z e [n; 0]%Z)).

Theorem softmax_input (z e : tensor A) :
  Σ n < N, Σ c < C, delta [n; c] * softmax_change z e [n; c]
  = Σ n < N, Σ c < C, closed_form z [n; c] * e [n; c].
Proof.
  open_up ltac:(unfold softmax_change, sum_axes_change, activation_change, closed_form, difference, sum_axes2, scaled, softmax, sum_axes, activation).
  match goal with |- values outermost [?pleft1; ?pleft2] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c => (n, (c, (tt, tt))))%Z
      (fun n c => (n, (c, tt)))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right2).
  { same_sum left2 right2 1
      (fun n c c2 => (n, (c2, ((c, tt), tt))))%Z
      (fun n c c2 => (n, (c2, (c, tt))))%Z.
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2. numbers. ring.
Qed.
End certificate.
Print Assumptions softmax_input.
