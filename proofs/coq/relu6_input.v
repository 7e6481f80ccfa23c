(* relu6.input: Through ReLU6
   ∂J/∂z = delta * (step(z) * step(6 - z))
   For every N, I ≥ 1.
   When z changes by e, the first-order change of the sum of delta times relu6, by the chain rule,
   is that of the closed form times e. With step' = 0. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N I : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis I_least : (1 <= I)%Z.
Variables delta : tensor A.
Variables step : A -> A.

Definition activation (z : tensor A) : tensor A := tensor2
  (fun n i => pointwise step z [n; i]).
Definition scaled (z : tensor A) : tensor A := tensor2
  (fun n i => z [n; i] * activation z [n; i]).
Definition difference (z : tensor A) : tensor A := tensor2
  (fun n i => (literal 6) - z [n; i]).
Definition activation2 (z : tensor A) : tensor A := tensor2
  (fun n i => pointwise step (difference z) [n; i]).
Definition scaled2 (z : tensor A) : tensor A := tensor2
  (fun n i => scaled z [n; i] * activation2 z [n; i]).
Definition difference2 (z : tensor A) : tensor A := tensor2
  (fun n i => 1 - activation2 z [n; i]).
Definition scaled3 (z : tensor A) : tensor A := tensor2
  (fun n i => (literal 6) * difference2 z [n; i]).
Definition relu6 (z : tensor A) : tensor A := tensor2
  (fun n i => scaled2 z [n; i] + scaled3 z [n; i]).
Definition scaled4 (z : tensor A) : tensor A := tensor2
  (fun n i => activation z [n; i] * activation2 z [n; i]).
Definition closed_form (z : tensor A) : tensor A := tensor2
  (fun n i => delta [n; i] * scaled4 z [n; i]).
(* what changes to first order when z changes by e *)
Definition scaled_change (z e : tensor A) : tensor A := tensor2
  (fun n i => e [n; i] * activation z [n; i]).
Definition difference_change (z e : tensor A) : tensor A := tensor2
  (fun n i => - e [n; i]).
Definition scaled2_change (z e : tensor A) : tensor A := tensor2
  (fun n i => scaled_change z e [n; i] * activation2 z [n; i]).
Definition relu6_change (z e : tensor A) : tensor A := tensor2
  (fun n i => scaled2_change z e [n; i]).

Theorem relu6_input (z e : tensor A) :
  Σ n < N, Σ i < I, delta [n; i] * relu6_change z e [n; i]
  = Σ n < N, Σ i < I, closed_form z [n; i] * e [n; i].
Proof.
  open_up ltac:(unfold relu6_change, scaled2_change, difference_change, scaled_change, closed_form, scaled4, relu6, scaled3, difference2, scaled2, activation2, difference, scaled, activation).
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
Print Assumptions relu6_input.
