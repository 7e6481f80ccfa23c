(* scaled_dot_product_attention.key_flash: Keys of attention, as FlashAttention has them
   ∂J/∂K = scaled(last_transposed(attention_weights(Q, K) * (delta @ last_transposed(V) - (delta *
   scaled_dot_product_attention(Q, K, V)).sum(axis=-1, keepdims=True))) @ Q, Q)
   For every N, A, L, D, S, E ≥ 1.
   When K changes by e2, the first-order change of the sum of delta times
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
Variables V Q delta : tensor R.
Variables inverse_root exp reciprocal : R -> R.

Definition last_transposed (K : tensor R) : tensor R := tensor4
  (fun n a d s => K [n; a; s; d]).
Definition matmul (K : tensor R) : tensor R := tensor4
  (fun n a l s => Σ d < D, Q [n; a; l; d] * last_transposed K [n; a; d; s]).
Definition argument : tensor R := tensor0
  ((integer D)).
Definition scaled (K : tensor R) : tensor R := tensor4
  (fun n a l s => matmul K [n; a; l; s] * (pointwise inverse_root argument [])).
Definition activation (K : tensor R) : tensor R := tensor4
  (fun n a l s => pointwise exp (scaled K) [n; a; l; s]).
Definition sum_axes (K : tensor R) : tensor R := tensor4
  (fun n a l s_ => Σ s < S, activation K [n; a; l; s]).
Definition attention_weights (K : tensor R) : tensor R := tensor4
  (fun n a l s => activation K [n; a; l; s] * (pointwise reciprocal (sum_axes K) [n; a; l; 0]%Z)).
Definition scaled_dot_product_attention (K : tensor R) : tensor R := tensor4
  (fun n a l e => Σ s < S, attention_weights K [n; a; l; s] * V [n; a; s; e]).
Definition last_transposed2 : tensor R := tensor4
  (fun n a e s => V [n; a; s; e]).
Definition matmul2 : tensor R := tensor4
  (fun n a l s => Σ e < E, delta [n; a; l; e] * last_transposed2 [n; a; e; s]).
Definition scaled2 (K : tensor R) : tensor R := tensor4
  (fun n a l e => delta [n; a; l; e] * scaled_dot_product_attention K [n; a; l; e]).
Definition sum_axes2 (K : tensor R) : tensor R := tensor4
  (fun n a l e_ => Σ e < E, scaled2 K [n; a; l; e]).
Definition difference (K : tensor R) : tensor R := tensor4
  (fun n a l s => matmul2 [n; a; l; s] - sum_axes2 K [n; a; l; 0]%Z).
Definition scaled3 (K : tensor R) : tensor R := tensor4
  (fun n a l s => attention_weights K [n; a; l; s] * difference K [n; a; l; s]).
Definition last_transposed3 (K : tensor R) : tensor R := tensor4
  (fun n a s l => scaled3 K [n; a; l; s]).
Definition matmul3 (K : tensor R) : tensor R := tensor4
  (fun n a s d => Σ l < L, last_transposed3 K [n; a; s; l] * Q [n; a; l; d]).
Definition closed_form (K : tensor R) : tensor R := tensor4
  (fun n a s d => matmul3 K [n; a; s; d] * (pointwise inverse_root argument [])).
(* what changes to first order when K changes by e2 *)
Definition last_transposed_change (K e2 : tensor R) : tensor R := tensor4
  (fun n a d s => e2 [n; a; s; d]).
Definition matmul_change (K e2 : tensor R) : tensor R := tensor4
  (fun n a l s => Σ d < D, Q [n; a; l; d] * last_transposed_change K e2 [n; a; d; s]).
Definition scaled_change (K e2 : tensor R) : tensor R := tensor4
  (fun n a l s => matmul_change K e2 [n; a; l; s] * (pointwise inverse_root argument [])).
Definition activation_change (K e2 : tensor R) : tensor R := tensor4
  (fun n a l s => pointwise exp (scaled K) [n; a; l; s] * scaled_change K e2 [n; a; l; s]).
Definition sum_axes_change (K e2 : tensor R) : tensor R := tensor4
  (fun n a l s_ => Σ s < S, activation_change K e2 [n; a; l; s]).
Definition attention_weights_change (K e2 : tensor R) : tensor R := tensor4
  (fun n a l s => activation_change K e2 [n; a; l; s] * (pointwise reciprocal (sum_axes K) [n; a; l; 0]%Z) + activation K [n; a; l; s] * ((- (pointwise reciprocal (sum_axes K) [n; a; l; 0]%Z * pointwise reciprocal (sum_axes K) [n; a; l; 0]%Z)) * sum_axes_change K e2 [n; a; l; 0]%Z)).
Definition scaled_dot_product_attention_change (K e2 : tensor R) : tensor R := tensor4
  (fun n a l e => Σ s < S, attention_weights_change K e2 [n; a; l; s] * V [n; a; s; e]).

Theorem scaled_dot_product_attention_key_flash (K e2 : tensor R) :
  Σ n < N, Σ a < A, Σ l < L, Σ e < E, delta [n; a; l; e] * scaled_dot_product_attention_change K e2 [n; a; l; e]
  = Σ n < N, Σ a < A, Σ s < S, Σ d < D, closed_form K [n; a; s; d] * e2 [n; a; s; d].
Proof.
  open_up ltac:(unfold scaled_dot_product_attention_change, attention_weights_change, sum_axes_change, activation_change, scaled_change, matmul_change, last_transposed_change, closed_form, matmul3, last_transposed3, scaled3, difference, sum_axes2, scaled2, matmul2, last_transposed2, scaled_dot_product_attention, attention_weights, sum_axes, activation, scaled, argument, matmul, last_transposed).
  match goal with |- values outermost [?pleft1; ?pleft2] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n a l e s d => (n, (a, (s, (d, (((l, ((e, tt), tt)), tt), tt))))))%Z
      (fun n a s d l e => (n, (a, (l, (e, (s, ((((d, tt), tt), tt), tt)))))))%Z.
    - intros n ?known a ?known l ?known e ?known s ?known d ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known a ?known s ?known d ?known l ?known e ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right2).
  { same_sum left2 right2 1
      (fun n a l e s s2 d2 => (n, (a, (s2, (d2, (((l, ((e, (s, tt)), tt)), tt), tt))))))%Z
      (fun n a s d l e3 s2 => (n, (a, (l, (e3, (s2, ((s, ((d, tt), tt)), tt)))))))%Z.
    - intros n ?known a ?known l ?known e ?known s ?known s2 ?known d2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known a ?known s ?known d ?known l ?known e3 ?known s2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2. numbers. ring.
Qed.
End certificate.
Print Assumptions scaled_dot_product_attention_key_flash.
