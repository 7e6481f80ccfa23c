(* dropout.linear_weight: Weights of a fully connected layer after dropout
   ∂J/∂W = transpose(delta) @ hadamard(a, mask) / (1 - p)
   For every N, I, O ≥ 1.
   linear is linear in W: for every e, the sum of delta times linear of e is that of the closed
   form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N I O : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis I_least : (1 <= I)%Z.
Hypothesis O_least : (1 <= O)%Z.
Variables p mask a delta : tensor A.
Variables reciprocal : A -> A.

Definition argument : tensor A := tensor0
  (1 - p []).
Definition dropout : tensor A := tensor2
  (fun n i => a [n; i] * mask [n; i] * (pointwise reciprocal argument [])).
Definition linear (W : tensor A) : tensor A := tensor2
  (fun n j => Σ i < I, dropout [n; i] * W [j; i]).
Definition transpose : tensor A := tensor2
  (fun o n => delta [n; o]).
Definition hadamard : tensor A := tensor2
  (fun n i => a [n; i] * mask [n; i]).
Definition matmul : tensor A := tensor2
  (fun o i => Σ n < N, transpose [o; n] * hadamard [n; i]).
Definition closed_form : tensor A := tensor2
  (fun o i => matmul [o; i] * (pointwise reciprocal argument [])).

Theorem dropout_linear_weight (e : tensor A) :
  Σ n < N, Σ j < O, delta [n; j] * linear e [n; j]
  = Σ o < O, Σ i < I, closed_form [o; i] * e [o; i].
Proof.
  open_up ltac:(unfold closed_form, matmul, hadamard, transpose, linear, dropout, argument).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j i => (j, (i, (((n, tt), tt), tt))))%Z
      (fun o i n => (n, (o, (i, tt))))%Z.
    - intros n ?known j ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros o ?known i ?known n ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions dropout_linear_weight.
