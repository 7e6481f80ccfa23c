(* elu.output: Through ELU, by its output
   ∂J/∂z = delta * (step(z) + (1 - step(z)) * (elu(z, alpha=alpha) + alpha))
   For every N, I ≥ 1.
   When z changes by e, the first-order change of the sum of delta times elu, by the chain rule, is
   that of the closed form times e. With step' = 0, exp' = exp. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N I : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis I_least : (1 <= I)%Z.
Variables alpha delta : tensor A.
Variables step exp : A -> A.

Definition activation (z : tensor A) : tensor A := tensor2
  (fun n i => pointwise step z [n; i]).
Definition scaled (z : tensor A) : tensor A := tensor2
  (fun n i => z [n; i] * activation z [n; i]).
Definition difference (z : tensor A) : tensor A := tensor2
  (fun n i => 1 - activation z [n; i]).
Definition activation2 (z : tensor A) : tensor A := tensor2
  (fun n i => pointwise exp z [n; i]).
Definition difference2 (z : tensor A) : tensor A := tensor2
  (fun n i => activation2 z [n; i] - 1).
Definition scaled2 (z : tensor A) : tensor A := tensor2
  (fun n i => difference z [n; i] * difference2 z [n; i]).
Definition scaled3 (z : tensor A) : tensor A := tensor2
  (fun n i => alpha [] * scaled2 z [n; i]).
Definition elu (z : tensor A) : tensor A := tensor2
  (fun n i => scaled z [n; i] + scaled3 z [n; i]).
Definition added (z : tensor A) : tensor A := tensor2
  (fun n i => elu z [n; i] + alpha []).
Definition scaled4 (z : tensor A) : tensor A := tensor2
  (fun n i => difference z [n; i] * added z [n; i]).
Definition added2 (z : tensor A) : tensor A := tensor2
  (fun n i => activation z [n; i] + scaled4 z [n; i]).
Definition closed_form (z : tensor A) : tensor A := tensor2
  (fun n i => delta [n; i] * added2 z [n; i]).
(* what changes to first order when z changes by e *)
Definition scaled_change (z e : tensor A) : tensor A := tensor2
  (fun n i => e [n; i] * activation z [n; i]).
Definition activation2_change (z e : tensor A) : tensor A := tensor2
  (fun n i => pointwise exp z [n; i] * e [n; i]).
Definition difference2_change (z e : tensor A) : tensor A := tensor2
  (fun n i => activation2_change z e [n; i]).
Definition scaled2_change (z e : tensor A) : tensor A := tensor2
  (fun n i => difference z [n; i] * difference2_change z e [n; i]).
Definition scaled3_change (z e : tensor A) : tensor A := tensor2
  (fun n i => alpha [] * scaled2_change z e [n; i]).
Definition elu_change (z e : tensor A) : tensor A := tensor2
  (fun n i => scaled_change z e [n; i] + scaled3_change z e [n; i]).

Theorem elu_output (z e : tensor A) :
  (forall x, step x * step x = step x) ->
  Σ n < N, Σ i < I, delta [n; i] * elu_change z e [n; i]
  = Σ n < N, Σ i < I, closed_form z [n; i] * e [n; i].
Proof.
  intros known_step.
  apply (adding (Σ n < N, Σ i < I, - (delta [n; i] * z [n; i] * e [n; i] * (pointwise step z [n; i] * pointwise step z [n; i] - pointwise step z [n; i])))).
  { vanishing_over n. vanishing_over i. vanishing. apply known_step. }
  apply (adding (Σ n < N, Σ i < I, delta [n; i] * alpha [] * pointwise exp z [n; i] * e [n; i] * (pointwise step z [n; i] * pointwise step z [n; i] - pointwise step z [n; i]))).
  { vanishing_over n. vanishing_over i. vanishing. apply known_step. }
  apply (adding (Σ n < N, Σ i < I, - (delta [n; i] * alpha [] * e [n; i] * (pointwise step z [n; i] * pointwise step z [n; i] - pointwise step z [n; i])))).
  { vanishing_over n. vanishing_over i. vanishing. apply known_step. }
  open_up ltac:(unfold elu_change, scaled3_change, scaled2_change, difference2_change, activation2_change, scaled_change, closed_form, added2, scaled4, added, elu, scaled3, scaled2, difference2, activation2, difference, scaled, activation).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4; ?pleft5; ?pleft6; ?pleft7; ?pleft8; ?pleft9] = values outermost [?pright1; ?pright2; ?pright3; ?pright4; ?pright5; ?pright6; ?pright7; ?pright8; ?pright9; ?pright10; ?pright11; ?pright12; ?pright13] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (left5 := pleft5); pose (left6 := pleft6); pose (left7 := pleft7); pose (left8 := pleft8); pose (left9 := pleft9); pose (right1 := pright1); pose (right2 := pright2); pose (right3 := pright3); pose (right4 := pright4); pose (right5 := pright5); pose (right6 := pright6); pose (right7 := pright7); pose (right8 := pright8); pose (right9 := pright9); pose (right10 := pright10); pose (right11 := pright11); pose (right12 := pright12); pose (right13 := pright13); change (values outermost [left1; left2; left3; left4; left5; left6; left7; left8; left9] = values outermost [right1; right2; right3; right4; right5; right6; right7; right8; right9; right10; right11; right12; right13]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right3).
  { same_sum left2 right3 1
      (fun n i => (n, (i, ((tt, (tt, tt)), tt))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_right7 : value outermost right7 = ((- (1))) * value outermost right4).
  { same_sum right7 right4 ((- (1)))
      (fun n i => (n, (i, ((tt, (tt, tt)), tt))))%Z
      (fun n i => (n, (i, ((tt, tt), tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_right9 : value outermost right9 = 1 * value outermost right5).
  { same_sum right9 right5 1
      (fun n i => (n, (i, ((tt, (tt, tt)), tt))))%Z
      (fun n i => (n, (i, ((tt, (tt, tt)), tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = 1 * value outermost right5).
  { same_sum left3 right5 1
      (fun n i => (n, (i, ((tt, (tt, tt)), tt))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left7 : value outermost left7 = 1 * value outermost right5).
  { same_sum left7 right5 1
      (fun n i => (n, (i, ((tt, (tt, tt)), tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left5 : value outermost left5 = 1 * value outermost right2).
  { same_sum left5 right2 1
      (fun n i => (n, (i, ((tt, tt), tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_right10 : value outermost right10 = 1 * value outermost right6).
  { same_sum right10 right6 1
      (fun n i => (n, (i, ((tt, (tt, tt)), tt))))%Z
      (fun n i => (n, (i, ((tt, (tt, tt)), tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_right13 : value outermost right13 = ((- (1))) * value outermost right6).
  { same_sum right13 right6 ((- (1)))
      (fun n i => (n, (i, ((tt, (tt, tt)), tt))))%Z
      (fun n i => (n, (i, ((tt, tt), tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left9 : value outermost left9 = 1 * value outermost right6).
  { same_sum left9 right6 1
      (fun n i => (n, (i, ((tt, (tt, tt)), tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = 1 * value outermost right8).
  { same_sum left4 right8 1
      (fun n i => (n, (i, ((tt, tt), tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left6 : value outermost left6 = 1 * value outermost right11).
  { same_sum left6 right11 1
      (fun n i => (n, (i, ((tt, (tt, tt)), tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left8 : value outermost left8 = 1 * value outermost right12).
  { same_sum left8 right12 1
      (fun n i => (n, (i, ((tt, (tt, tt)), tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2, ?same_right7, ?same_right9, ?same_left3, ?same_left7, ?same_left5, ?same_right10, ?same_right13, ?same_left9, ?same_left4, ?same_left6, ?same_left8. numbers. ring.
Qed.
End certificate.
Print Assumptions elu_output.
