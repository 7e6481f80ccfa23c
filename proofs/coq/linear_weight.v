(* linear.weight: Weights of a fully connected layer
   ∂J/∂W = transpose(delta) @ a
   For every N, I, O ≥ 1.
   J is the sum of delta times linear. When W changes by ε·e, where the square of ε is 0, J changes
   by ε times the sum of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N I O : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis I_least : (1 <= I)%Z.
Hypothesis O_least : (1 <= O)%Z.
Variables b a delta : tensor A.

Definition linear (W : tensor A) : tensor A := tensor2
  (fun n j => Σ i < I, a [n; i] * W [j; i] + b [j]).
Definition transpose : tensor A := tensor2
  (fun o n => delta [n; o]).
Definition closed_form : tensor A := tensor2
  (fun o i => Σ n < N, transpose [o; n] * a [n; i]).
(* what changes to first order when W changes by e *)
Definition linear_change (W e : tensor A) : tensor A := tensor2
  (fun n j => Σ i < I, a [n; i] * e [j; i]).

Lemma linear_weight_change (W e : tensor A) :
  Σ n < N, Σ j < O, delta [n; j] * linear_change W e [n; j]
  = Σ o < O, Σ i < I, closed_form [o; i] * e [o; i].
Proof.
  open_up ltac:(unfold linear_change, closed_form, transpose, linear).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j i => (j, (i, ((n, tt), tt))))%Z
      (fun o i n => (n, (o, (i, tt))))%Z.
    - intros n ?known j ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros o ?known i ?known n ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma linear_moves (W e : tensor A) n j :
  linear (moved W ε e) [n; j]
  = linear W [n; j] + ε * linear_change W e [n; j].
Proof. unfold linear, linear_change. first_order ε_square ltac:(idtac). Qed.
Theorem linear_weight (W e : tensor A) :
  Σ n < N, Σ j < O, delta [n; j] * linear (moved W ε e) [n; j]
  = (Σ n < N, Σ j < O, delta [n; j] * linear W [n; j])
    + ε * (Σ o < O, Σ i < I, closed_form [o; i] * e [o; i]).
Proof.
  rewrite <- (linear_weight_change W e).
  first_order ε_square ltac:(rewrite ?linear_moves).
Qed.
End certificate.
Print Assumptions linear_weight.
