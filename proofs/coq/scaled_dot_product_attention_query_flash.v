(* scaled_dot_product_attention.query_flash: Queries of attention, as FlashAttention has them
   ∂J/∂Q = scaled((attention_weights(Q, K) * (delta @ last_transposed(V) - (delta *
   scaled_dot_product_attention(Q, K, V)).sum(axis=-1, keepdims=True))) @ K, Q)
   For every N, A, L, D, S, E ≥ 1.
   When Q changes by e2, the first-order change of the sum of delta times
   scaled_dot_product_attention, by the chain rule, is that of the closed form times e2. With
   inverse_root' = -½·inverse_root³, exp' = exp, reciprocal' = -reciprocal². *)
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
Variables V K delta : tensor R.
Variables inverse_root exp reciprocal : R -> R.

Definition last_transposed : tensor R := tensor4
  (fun n a d s => K [n; a; s; d]).
Definition matmul (Q : tensor R) : tensor R := tensor4
  (fun n a l s => Σ d < D, Q [n; a; l; d] * last_transposed [n; a; d; s]).
Definition argument : tensor R := tensor0
  ((integer D)).
Definition scaled (Q : tensor R) : tensor R := tensor4
  (fun n a l s => matmul Q [n; a; l; s] * (pointwise inverse_root argument [])).
Definition activation (Q : tensor R) : tensor R := tensor4
  (fun n a l s => pointwise exp (scaled Q) [n; a; l; s]).
Definition sum_axes (Q : tensor R) : tensor R := tensor4
  (fun n a l s_ => Σ s < S, activation Q [n; a; l; s]).
Definition attention_weights (Q : tensor R) : tensor R := tensor4
  (fun n a l s => activation Q [n; a; l; s] * (pointwise reciprocal (sum_axes Q) [n; a; l; 0]%Z)).
Definition scaled_dot_product_attention (Q : tensor R) : tensor R := tensor4
  (fun n a l e => Σ s < S, attention_weights Q [n; a; l; s] * V [n; a; s; e]).
Definition last_transposed2 : tensor R := tensor4
  (fun n a e s => V [n; a; s; e]).
Definition matmul2 : tensor R := tensor4
  (fun n a l s => Σ e < E, delta [n; a; l; e] * last_transposed2 [n; a; e; s]).
Definition scaled2 (Q : tensor R) : tensor R := tensor4
  (fun n a l e => delta [n; a; l; e] * scaled_dot_product_attention Q [n; a; l; e]).
Definition sum_axes2 (Q : tensor R) : tensor R := tensor4
  (fun n a l e_ => Σ e < E, scaled2 Q [n; a; l; e]).
Definition difference (Q : tensor R) : tensor R := tensor4
  (fun n a l s => matmul2 [n; a; l; s] - sum_axes2 Q [n; a; l; 0]%Z).
Definition scaled3 (Q : tensor R) : tensor R := tensor4
  (fun n a l s => attention_weights Q [n; a; l; s] * difference Q [n; a; l; s]).
Definition matmul3 (Q : tensor R) : tensor R := tensor4
  (fun n a l d => Σ s < S, scaled3 Q [n; a; l; s] * K [n; a; s; d]).
Definition closed_form (Q : tensor R) : tensor R := tensor4
  (fun n a l d => matmul3 Q [n; a; l; d] * (pointwise inverse_root argument [])).
(* what changes to first order when Q changes by e2 *)
Definition matmul_change (Q e2 : tensor R) : tensor R := tensor4
  (fun n a l s => Σ d < D, e2 [n; a; l; d] * last_transposed [n; a; d; s]).
Definition scaled_change (Q e2 : tensor R) : tensor R := tensor4
  (fun n a l s => matmul_change Q e2 [n; a; l; s] * (pointwise inverse_root argument [])).
Definition activation_change (Q e2 : tensor R) : tensor R := tensor4
  (fun n a l s => pointwise exp (scaled Q) [n; a; l; s] * scaled_change Q e2 [n; a; l; s]).
Definition sum_axes_change (Q e2 : tensor R) : tensor R := tensor4
  (fun n a l s_ => Σ s < S, activation_change Q e2 [n; a; l; s]).
Definition attention_weights_change (Q e2 : tensor R) : tensor R := tensor4
  (fun n a l s => activation_change Q e2 [n; a; l; s] * (pointwise reciprocal (sum_axes Q) [n; a; l; 0]%Z) + activation Q [n; a; l; s] * ((- (pointwise reciprocal (sum_axes Q) [n; a; l; 0]%Z * pointwise reciprocal (sum_axes Q) [n; a; l; 0]%Z)) * sum_axes_change Q e2 [n; a; l; 0]%Z)).
Definition scaled_dot_product_attention_change (Q e2 : tensor R) : tensor R := tensor4
  (fun n a l e => Σ s < S, attention_weights_change Q e2 [n; a; l; s] * V [n; a; s; e]).

Theorem scaled_dot_product_attention_query_flash (Q e2 : tensor R) :
  Σ n < N, Σ a < A, Σ l < L, Σ e < E, delta [n; a; l; e] * scaled_dot_product_attention_change Q e2 [n; a; l; e]
  = Σ n < N, Σ a < A, Σ l < L, Σ d < D, closed_form Q [n; a; l; d] * e2 [n; a; l; d].
Proof.
  open_up ltac:(unfold scaled_dot_product_attention_change, attention_weights_change, sum_axes_change, activation_change, scaled_change, matmul_change, closed_form, matmul3, scaled3, difference, sum_axes2, scaled2, matmul2, last_transposed2, scaled_dot_product_attention, attention_weights, sum_axes, activation, scaled, argument, matmul, last_transposed).
  match goal with |- values outermost [?pleft1; ?pleft2] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n a l e s d => (n, (a, (l, (d, (((s, ((e, tt), tt)), tt), tt))))))%Z
      (fun n a l d s e => (n, (a, (l, (e, (s, ((((d, tt), tt), tt), tt)))))))%Z.
    - intros n ?known a ?known l ?known e ?known s ?known d ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known a ?known l ?known d ?known s ?known e ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right2).
  { same_sum left2 right2 1
      (fun n a l e s s2 d2 => (n, (a, (l, (d2, (((s2, ((e, (s, tt)), tt)), tt), tt))))))%Z
      (fun n a l d s e3 s2 => (n, (a, (l, (e3, (s2, ((s, ((d, tt), tt)), tt)))))))%Z.
    - intros n ?known a ?known l ?known e ?known s ?known s2 ?known d2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known a ?known l ?known d ?known s ?known e3 ?known s2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2. numbers. ring.
Qed.
End certificate.
Print Assumptions scaled_dot_product_attention_query_flash.
