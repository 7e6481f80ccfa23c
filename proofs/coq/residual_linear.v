(* residual.linear: Through a residual connection around a fully connected layer
   ∂J/∂a = delta + delta @ W
   For every N, I ≥ 1.
   added is linear in a: for every e, the sum of delta times added of e is that of the closed form
   times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N I : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis I_least : (1 <= I)%Z.
Variables W delta : tensor A.

Definition linear (a : tensor A) : tensor A := tensor2
  (fun n j => Σ i < I, a [n; i] * W [j; i]).
Definition added (a : tensor A) : tensor A := tensor2
  (fun n i => a [n; i] + linear a [n; i]).
Definition matmul : tensor A := tensor2
  (fun n i' => Σ i < I, delta [n; i] * W [i; i']).
Definition closed_form : tensor A := tensor2
  (fun n i => delta [n; i] + matmul [n; i]).

Theorem residual_linear (e : tensor A) :
  Σ n < N, Σ i < I, delta [n; i] * added e [n; i]
  = Σ n < N, Σ i < I, closed_form [n; i] * e [n; i].
Proof.
  open_up ltac:(unfold closed_form, matmul, added, linear).
  match goal with |- values outermost [?pleft1; ?pleft2] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2] = values outermost [right1; right2]) end.
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
      (fun n i i2 => (n, (i2, ((i, tt), tt))))%Z
      (fun n i i2 => (n, (i2, (i, tt))))%Z.
    - intros n ?known i ?known i2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known i2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2. numbers. ring.
Qed.
End certificate.
Print Assumptions residual_linear.
