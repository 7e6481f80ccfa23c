(* softplus.input: Through softplus
   ∂J/∂z = delta * sigmoid(z)
   For every N, I ≥ 1.
   When z changes by e, the first-order change of the sum of delta times activation, by the chain
   rule, is that of the closed form times e. With softplus' = sigmoid, sigmoid' = sigmoid·(1 -
   sigmoid). *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N I : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis I_least : (1 <= I)%Z.
Variables delta : tensor A.
Variables softplus sigmoid : A -> A.

Definition activation (z : tensor A) : tensor A := tensor2
  (fun n i => pointwise softplus z [n; i]).
Definition activation2 (z : tensor A) : tensor A := tensor2
  (fun n i => pointwise sigmoid z [n; i]).
Definition closed_form (z : tensor A) : tensor A := tensor2
  (fun n i => delta [n; i] * activation2 z [n; i]).
(* what changes to first order when z changes by e *)
Definition activation_change (z e : tensor A) : tensor A := tensor2
  (fun n i => pointwise sigmoid z [n; i] * e [n; i]).

Theorem softplus_input (z e : tensor A) :
  Σ n < N, Σ i < I, delta [n; i] * activation_change z e [n; i]
  = Σ n < N, Σ i < I, closed_form z [n; i] * e [n; i].
Proof.
  open_up ltac:(unfold activation_change, closed_form, activation2, activation).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n i => (n, (i, tt)))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions softplus_input.
