(* linear_on_sequence.weight: Weights of a fully connected layer applied to every position of a
   sequence
   ∂J/∂W = transpose([out[n, t, o] = delta[n, t, o]]) @ [out[n, t, i] = a[n, t, i]]
   For every N, T, I, O ≥ 1.
   J is the sum of delta times linear. When W changes by ε·e, where the square of ε is 0, J changes
   by ε times the sum of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N T I O : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis T_least : (1 <= T)%Z.
Hypothesis I_least : (1 <= I)%Z.
Hypothesis O_least : (1 <= O)%Z.
Variables b a delta : tensor A.

Definition linear (W : tensor A) : tensor A := tensor3
  (fun n m j => Σ i < I, a [n; m; i] * W [j; i] + b [j]).
Definition t2 : tensor A := tensor3
  (fun n t o => delta [n; t; o]).
Definition transpose : tensor A := tensor3
  (fun o n t => t2 [n; t; o]).
Definition t3 : tensor A := tensor3
  (fun n t i => a [n; t; i]).
Definition closed_form : tensor A := tensor2
  (fun o i => Σ n < N, Σ t < T, transpose [o; n; t] * t3 [n; t; i]).
(* what changes to first order when W changes by e *)
Definition linear_change (W e : tensor A) : tensor A := tensor3
  (fun n m j => Σ i < I, a [n; m; i] * e [j; i]).

Lemma linear_on_sequence_weight_change (W e : tensor A) :
  Σ n < N, Σ m < T, Σ j < O, delta [n; m; j] * linear_change W e [n; m; j]
  = Σ o < O, Σ i < I, closed_form [o; i] * e [o; i].
Proof.
  open_up ltac:(unfold linear_change, closed_form, t3, transpose, t2, linear).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n m j i => (j, (i, ((n, (m, tt)), tt))))%Z
      (fun o i n t => (n, (t, (o, (i, tt)))))%Z.
    - intros n ?known m ?known j ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros o ?known i ?known n ?known t ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma linear_moves (W e : tensor A) n m j :
  linear (moved W ε e) [n; m; j]
  = linear W [n; m; j] + ε * linear_change W e [n; m; j].
Proof. unfold linear, linear_change. first_order ε_square ltac:(idtac). Qed.
Theorem linear_on_sequence_weight (W e : tensor A) :
  Σ n < N, Σ m < T, Σ j < O, delta [n; m; j] * linear (moved W ε e) [n; m; j]
  = (Σ n < N, Σ m < T, Σ j < O, delta [n; m; j] * linear W [n; m; j])
    + ε * (Σ o < O, Σ i < I, closed_form [o; i] * e [o; i]).
Proof.
  rewrite <- (linear_on_sequence_weight_change W e).
  first_order ε_square ltac:(rewrite ?linear_moves).
Qed.
End certificate.
Print Assumptions linear_on_sequence_weight.
