(* linear.input: Through a fully connected layer
   ∂J/∂a = delta @ W
   For every N, I, O ≥ 1.
   J is the sum of delta times linear. When a changes by ε·e, where the square of ε is 0, J changes
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
Variables b W delta : tensor A.

Definition linear (a : tensor A) : tensor A := tensor2
  (fun n j => Σ i < I, a [n; i] * W [j; i] + b [j]).
Definition closed_form : tensor A := tensor2
  (fun n i => Σ o < O, delta [n; o] * W [o; i]).
(* what changes to first order when a changes by e *)
Definition linear_change (a e : tensor A) : tensor A := tensor2
  (fun n j => Σ i < I, e [n; i] * W [j; i]).

Lemma linear_input_change (a e : tensor A) :
  Σ n < N, Σ j < O, delta [n; j] * linear_change a e [n; j]
  = Σ n < N, Σ i < I, closed_form [n; i] * e [n; i].
Proof.
  open_up ltac:(unfold linear_change, closed_form, linear).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j i => (n, (i, ((j, tt), tt))))%Z
      (fun n i o => (n, (o, (i, tt))))%Z.
    - intros n ?known j ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known o ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma linear_moves (a e : tensor A) n j :
  linear (moved a ε e) [n; j]
  = linear a [n; j] + ε * linear_change a e [n; j].
Proof. unfold linear, linear_change. first_order ε_square ltac:(idtac). Qed.
Theorem linear_input (a e : tensor A) :
  Σ n < N, Σ j < O, delta [n; j] * linear (moved a ε e) [n; j]
  = (Σ n < N, Σ j < O, delta [n; j] * linear a [n; j])
    + ε * (Σ n < N, Σ i < I, closed_form [n; i] * e [n; i]).
Proof.
  rewrite <- (linear_input_change a e).
  first_order ε_square ltac:(rewrite ?linear_moves).
Qed.
End certificate.
Print Assumptions linear_input.
