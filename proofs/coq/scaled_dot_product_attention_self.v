(* scaled_dot_product_attention.self: Self-attention of one sequence, where queries, keys and
   values are the same
   ∂J/∂X = last_transposed(attention_weights(X, X)) @ delta + scaled((attention_weights(X, X) *
   (delta @ last_transposed(X) - (delta @ last_transposed(X) * attention_weights(X,
   X)).sum(axis=-1, keepdims=True))) @ X, X) + scaled(last_transposed(attention_weights(X, X) *
   (delta @ last_transposed(X) - (delta @ last_transposed(X) * attention_weights(X,
   X)).sum(axis=-1, keepdims=True))) @ X, X)
   For every L, D ≥ 1.
   When X changes by e, the first-order change of the sum of delta times
   scaled_dot_product_attention, by the chain rule, is that of the closed form times e. With
   inverse_root' = -½·inverse_root³, exp' = exp, reciprocal' = -reciprocal². *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables L D : Z.
Hypothesis L_least : (1 <= L)%Z.
Hypothesis D_least : (1 <= D)%Z.
Variables delta : tensor A.
Variables inverse_root exp reciprocal : A -> A.

Definition last_transposed (X : tensor A) : tensor A := tensor2
  (fun d l => X [l; d]).
Definition matmul (X : tensor A) : tensor A := tensor2
  (fun l l' => Σ d < D, X [l; d] * last_transposed X [d; l']).
Definition argument : tensor A := tensor0
  ((integer D)).
Definition scaled (X : tensor A) : tensor A := tensor2
  (fun l l' => matmul X [l; l'] * (pointwise inverse_root argument [])).
Definition activation (X : tensor A) : tensor A := tensor2
  (fun l l' => pointwise exp (scaled X) [l; l']).
Definition sum_axes (X : tensor A) : tensor A := tensor2
  (fun l l'_ => Σ l' < L, activation X [l; l']).
Definition attention_weights (X : tensor A) : tensor A := tensor2
  (fun l l' => activation X [l; l'] * (pointwise reciprocal (sum_axes X) [l; 0]%Z)).
Definition scaled_dot_product_attention (X : tensor A) : tensor A := tensor2
  (fun l d => Σ l' < L, attention_weights X [l; l'] * X [l'; d]).
Definition last_transposed2 (X : tensor A) : tensor A := tensor2
  (fun l' l => attention_weights X [l; l']).
Definition matmul2 (X : tensor A) : tensor A := tensor2
  (fun l' d => Σ l < L, last_transposed2 X [l'; l] * delta [l; d]).
Definition matmul3 (X : tensor A) : tensor A := tensor2
  (fun l l' => Σ d < D, delta [l; d] * last_transposed X [d; l']).
Definition scaled2 (X : tensor A) : tensor A := tensor2
  (fun l l' => matmul3 X [l; l'] * attention_weights X [l; l']).
Definition sum_axes2 (X : tensor A) : tensor A := tensor2
  (fun l l'_ => Σ l' < L, scaled2 X [l; l']).
Definition difference (X : tensor A) : tensor A := tensor2
  (fun l l' => matmul3 X [l; l'] - sum_axes2 X [l; 0]%Z).
Definition scaled3 (X : tensor A) : tensor A := tensor2
  (fun l l' => attention_weights X [l; l'] * difference X [l; l']).
Definition matmul4 (X : tensor A) : tensor A := tensor2
  (fun l d => Σ l' < L, scaled3 X [l; l'] * X [l'; d]).
Definition scaled4 (X : tensor A) : tensor A := tensor2
  (fun l d => matmul4 X [l; d] * (pointwise inverse_root argument [])).
Definition added (X : tensor A) : tensor A := tensor2
  (fun l' d => matmul2 X [l'; d] + scaled4 X [l'; d]).
Definition last_transposed3 (X : tensor A) : tensor A := tensor2
  (fun l' l => scaled3 X [l; l']).
Definition matmul5 (X : tensor A) : tensor A := tensor2
  (fun l' d => Σ l < L, last_transposed3 X [l'; l] * X [l; d]).
Definition scaled5 (X : tensor A) : tensor A := tensor2
  (fun l' d => matmul5 X [l'; d] * (pointwise inverse_root argument [])).
Definition closed_form (X : tensor A) : tensor A := tensor2
  (fun l' d => added X [l'; d] + scaled5 X [l'; d]).
(* what changes to first order when X changes by e *)
Definition last_transposed_change (X e : tensor A) : tensor A := tensor2
  (fun d l => e [l; d]).
Definition matmul_change (X e : tensor A) : tensor A := tensor2
  (fun l l' => Σ d < D, (e [l; d] * last_transposed X [d; l'] + X [l; d] * last_transposed_change X e [d; l'])).
Definition scaled_change (X e : tensor A) : tensor A := tensor2
  (fun l l' => matmul_change X e [l; l'] * (pointwise inverse_root argument [])).
Definition activation_change (X e : tensor A) : tensor A := tensor2
  (fun l l' => pointwise exp (scaled X) [l; l'] * scaled_change X e [l; l']).
Definition sum_axes_change (X e : tensor A) : tensor A := tensor2
  (fun l l'_ => Σ l' < L, activation_change X e [l; l']).
Definition attention_weights_change (X e : tensor A) : tensor A := tensor2
  (fun l l' => activation_change X e [l; l'] * (pointwise reciprocal (sum_axes X) [l; 0]%Z) + activation X [l; l'] * ((- (pointwise reciprocal (sum_axes X) [l; 0]%Z * pointwise reciprocal (sum_axes X) [l; 0]%Z)) * sum_axes_change X e [l; 0]%Z)).
Definition scaled_dot_product_attention_change (X e : tensor A) : tensor A := tensor2
  (fun l d => Σ l' < L, (attention_weights_change X e [l; l'] * X [l'; d] + attention_weights X [l; l'] * e [l'; d])).

Theorem scaled_dot_product_attention_self (X e : tensor A) :
  Σ l < L, Σ d < D, delta [l; d] * scaled_dot_product_attention_change X e [l; d]
  = Σ l' < L, Σ d < D, closed_form X [l'; d] * e [l'; d].
Proof.
  open_up ltac:(unfold scaled_dot_product_attention_change, attention_weights_change, sum_axes_change, activation_change, scaled_change, matmul_change, last_transposed_change, closed_form, scaled5, matmul5, last_transposed3, added, scaled4, matmul4, scaled3, difference, sum_axes2, scaled2, matmul3, matmul2, last_transposed2, scaled_dot_product_attention, attention_weights, sum_axes, activation, scaled, argument, matmul, last_transposed).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4; ?pleft5] = values outermost [?pright1; ?pright2; ?pright3; ?pright4; ?pright5] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (left5 := pleft5); pose (right1 := pright1); pose (right2 := pright2); pose (right3 := pright3); pose (right4 := pright4); pose (right5 := pright5); change (values outermost [left1; left2; left3; left4; left5] = values outermost [right1; right2; right3; right4; right5]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right2).
  { same_sum left1 right2 1
      (fun l d l' d2 => (l, (d2, (((l', ((d, tt), tt)), tt), tt))))%Z
      (fun l' d l'2 d2 => (l', (d2, (l'2, ((((d, tt), tt), tt), tt)))))%Z.
    - intros l ?known d ?known l' ?known d2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros l' ?known d ?known l'2 ?known d2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right4).
  { same_sum left2 right4 1
      (fun l d l' d2 => (l', (d2, (((l, ((d, tt), tt)), tt), tt))))%Z
      (fun l' d l2 d4 => (l2, (d4, (l', ((((d, tt), tt), tt), tt)))))%Z.
    - intros l ?known d ?known l' ?known d2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros l' ?known d ?known l2 ?known d4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = 1 * value outermost right3).
  { same_sum left3 right3 1
      (fun l d l' l'2 d3 => (l, (d3, (((l'2, ((l', ((d, tt), tt)), tt)), tt), tt))))%Z
      (fun l' d l'2 l'3 d3 => (l', (d3, (l'3, ((l'2, ((d, tt), tt)), tt)))))%Z.
    - intros l ?known d ?known l' ?known l'2 ?known d3 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros l' ?known d ?known l'2 ?known l'3 ?known d3 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = 1 * value outermost right5).
  { same_sum left4 right5 1
      (fun l d l' l'2 d3 => (l'2, (d3, (((l, ((l', ((d, tt), tt)), tt)), tt), tt))))%Z
      (fun l' d l2 l'4 d5 => (l2, (d5, (l'4, ((l', ((d, tt), tt)), tt)))))%Z.
    - intros l ?known d ?known l' ?known l'2 ?known d3 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros l' ?known d ?known l2 ?known l'4 ?known d5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left5 : value outermost left5 = 1 * value outermost right1).
  { same_sum left5 right1 1
      (fun l d l' => (l', (d, ((l, tt), tt))))%Z
      (fun l' d l => (l, (d, (l', tt))))%Z.
    - intros l ?known d ?known l' ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros l' ?known d ?known l ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2, ?same_left3, ?same_left4, ?same_left5. numbers. ring.
Qed.
End certificate.
Print Assumptions scaled_dot_product_attention_self.
