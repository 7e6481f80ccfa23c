(* scaled_dot_product_attention.value: Values of attention
   ∂J/∂V = last_transposed(attention_weights(Q, K)) @ delta
   For every N, A, L, D, S, E ≥ 1.
   scaled_dot_product_attention is linear in V: for every e2, the sum of delta times
   scaled_dot_product_attention of e2 is that of the closed form times e2. *)
From Symgrad Require Import Sums.

Section certificate.
Variable R : commutative_ring.
Add Ring the_ring : (laws R).
Local Open Scope ring_scope.

Variables N A L D S E : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis A_least : (1 <= A)%Z.
Hypothesis L_least : (1 <= L)%Z.
Hypothesis D_least : (1 <= D)%Z.
Hypothesis S_least : (1 <= S)%Z.
Hypothesis E_least : (1 <= E)%Z.
Variables K Q delta : tensor R.
Variables inverse_root exp reciprocal : R -> R.

Definition last_transposed : tensor R := tensor4
  (fun n a d s => K [n; a; s; d]).
Definition matmul : tensor R := tensor4
  (fun n a l s => Σ d < D, Q [n; a; l; d] * last_transposed [n; a; d; s]).
Definition argument : tensor R := tensor0
  ((integer D)).
Definition scaled : tensor R := tensor4
  (fun n a l s => matmul [n; a; l; s] * (pointwise inverse_root argument [])).
Definition activation : tensor R := tensor4
  (fun n a l s => pointwise exp scaled [n; a; l; s]).
Definition sum_axes : tensor R := tensor4
  (fun n a l s_ => Σ s < S, activation [n; a; l; s]).
Definition attention_weights : tensor R := tensor4
  (fun n a l s => activation [n; a; l; s] * (pointwise reciprocal sum_axes [n; a; l; 0]%Z)).
Definition scaled_dot_product_attention (V : tensor R) : tensor R := tensor4
  (fun n a l e => Σ s < S, attention_weights [n; a; l; s] * V [n; a; s; e]).
Definition last_transposed2 : tensor R := tensor4
  (fun n a s l => attention_weights [n; a; l; s]).
Definition closed_form : tensor R := tensor4
  (fun n a s e => Σ l < L, last_transposed2 [n; a; s; l] * delta [n; a; l; e]).

Theorem scaled_dot_product_attention_value (e2 : tensor R) :
  Σ n < N, Σ a < A, Σ l < L, Σ e < E, delta [n; a; l; e] * scaled_dot_product_attention e2 [n; a; l; e]
  = Σ n < N, Σ a < A, Σ s < S, Σ e < E, closed_form [n; a; s; e] * e2 [n; a; s; e].
Proof.
  open_up ltac:(unfold closed_form, last_transposed2, scaled_dot_product_attention, attention_weights, sum_axes, activation, scaled, argument, matmul, last_transposed).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n a l e s => (n, (a, (s, (e, ((l, tt), tt))))))%Z
      (fun n a s e l => (n, (a, (l, (e, (s, tt))))))%Z.
    - intros n ?known a ?known l ?known e ?known s ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known a ?known s ?known e ?known l ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions scaled_dot_product_attention_value.
