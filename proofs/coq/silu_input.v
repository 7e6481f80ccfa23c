(* silu.input: Through SiLU, by its input
   ∂J/∂z = delta * (sigmoid(z) * (1 + z * (1 - sigmoid(z))))
   For every N, I ≥ 1.
   When z changes by e, the first-order change of the sum of delta times silu, by the chain rule,
   is that of the closed form times e. With sigmoid' = sigmoid·(1 - sigmoid). *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N I : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis I_least : (1 <= I)%Z.
Variables delta : tensor A.
Variables sigmoid : A -> A.

Definition activation (z : tensor A) : tensor A := tensor2
  (fun n i => pointwise sigmoid z [n; i]).
Definition silu (z : tensor A) : tensor A := tensor2
  (fun n i => z [n; i] * activation z [n; i]).
Definition difference (z : tensor A) : tensor A := tensor2
  (fun n i => 1 - activation z [n; i]).
Definition scaled (z : tensor A) : tensor A := tensor2
  (fun n i => z [n; i] * difference z [n; i]).
Definition added (z : tensor A) : tensor A := tensor2
  (fun n i => 1 + scaled z [n; i]).
Definition scaled2 (z : tensor A) : tensor A := tensor2
  (fun n i => activation z [n; i] * added z [n; i]).
Definition closed_form (z : tensor A) : tensor A := tensor2
  (fun n i => delta [n; i] * scaled2 z [n; i]).
(* what changes to first order when z changes by e *)
Definition activation_change (z e : tensor A) : tensor A := tensor2
  (fun n i => (pointwise sigmoid z [n; i] - pointwise sigmoid z [n; i] * pointwise sigmoid z [n; i]) * e [n; i]).
Definition silu_change (z e : tensor A) : tensor A := tensor2
  (fun n i => e [n; i] * activation z [n; i] + z [n; i] * activation_change z e [n; i]).

Theorem silu_input (z e : tensor A) :
  Σ n < N, Σ i < I, delta [n; i] * silu_change z e [n; i]
  = Σ n < N, Σ i < I, closed_form z [n; i] * e [n; i].
Proof.
  open_up ltac:(unfold silu_change, activation_change, closed_form, scaled2, added, scaled, difference, silu, activation).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3] = values outermost [?pright1; ?pright2; ?pright3] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (right1 := pright1); pose (right2 := pright2); pose (right3 := pright3); change (values outermost [left1; left2; left3] = values outermost [right1; right2; right3]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right2).
  { same_sum left2 right2 1
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = 1 * value outermost right3).
  { same_sum left3 right3 1
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2, ?same_left3. numbers. ring.
Qed.
End certificate.
Print Assumptions silu_input.
