(* relu.output: Through ReLU, by its output
   ∂J/∂z = delta * step(relu(z))
   For every N, I ≥ 1.
   When z changes by e, the first-order change of the sum of delta times relu, by the chain rule,
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
Definition relu (z : tensor A) : tensor A := tensor2
  (fun n i => z [n; i] * activation z [n; i]).
Definition activation2 (z : tensor A) : tensor A := tensor2
  (fun n i => pointwise step (relu z) [n; i]).
Definition closed_form (z : tensor A) : tensor A := tensor2
  (fun n i => delta [n; i] * activation2 z [n; i]).
(* what changes to first order when z changes by e *)
Definition relu_change (z e : tensor A) : tensor A := tensor2
  (fun n i => e [n; i] * activation z [n; i]).

Theorem relu_output (z e : tensor A) :
  (forall x, step (x * step x) = step x) ->
  Σ n < N, Σ i < I, delta [n; i] * relu_change z e [n; i]
  = Σ n < N, Σ i < I, closed_form z [n; i] * e [n; i].
Proof.
  intros known_stepped.
  apply (adding (Σ n < N, Σ i < I, delta [n; i] * e [n; i] * (pointwise step (relu z) [n; i] - pointwise step z [n; i]))).
  { vanishing_over n. vanishing_over i. vanishing. unfold pointwise. etransitivity; [|apply known_stepped]. f_equal; same_numbers ltac:(unfold relu_change, closed_form, activation2, relu, activation). }
  open_up ltac:(unfold relu_change, closed_form, activation2, relu, activation).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (right1 := pright1); change (values outermost [left1; left2; left3] = values outermost [right1]) end.
  assert (same_left3 : value outermost left3 = ((- (1))) * value outermost left1).
  { same_sum left3 left1 ((- (1)))
      (fun n i => (n, (i, tt)))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right1).
  { same_sum left2 right1 1
      (fun n i => (n, (i, tt)))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left3, ?same_left2. numbers. ring.
Qed.
End certificate.
Print Assumptions relu_output.
