(* half_squared_error.total_weight: Weights of the output layer, J the total over the samples
   ∂J/∂W = transpose(hadamard(σ(linear(a, W, bias=b)) - y, σ'(linear(a, W, bias=b)))) @ a
   For every P, I, O ≥ 1.
   When W changes by e, the first-order change of the sum of half_squared_error, by the chain rule,
   is that of the closed form times e. The derivative of a function may be any function. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables P I O : Z.
Hypothesis P_least : (1 <= P)%Z.
Hypothesis I_least : (1 <= I)%Z.
Hypothesis O_least : (1 <= O)%Z.
Variables y b a : tensor A.
Variables σ σ' : A -> A.
Variable over_2 : A.
Hypothesis over_2_law : literal 2 * over_2 = 1.

Definition linear (W : tensor A) : tensor A := tensor2
  (fun n j => Σ i < I, a [n; i] * W [j; i] + b [j]).
Definition activation (W : tensor A) : tensor A := tensor2
  (fun n j => pointwise σ (linear W) [n; j]).
Definition half_squared_error (W : tensor A) : tensor A := tensor0
  (over_2 * (Σ n < P, Σ j < O, (activation W [n; j] - y [n; j]) * (activation W [n; j] - y [n; j]))).
Definition difference (W : tensor A) : tensor A := tensor2
  (fun n j => activation W [n; j] - y [n; j]).
Definition activation2 (W : tensor A) : tensor A := tensor2
  (fun n j => pointwise σ' (linear W) [n; j]).
Definition hadamard (W : tensor A) : tensor A := tensor2
  (fun n j => difference W [n; j] * activation2 W [n; j]).
Definition transpose (W : tensor A) : tensor A := tensor2
  (fun j n => hadamard W [n; j]).
Definition closed_form (W : tensor A) : tensor A := tensor2
  (fun j i => Σ n < P, transpose W [j; n] * a [n; i]).
(* what changes to first order when W changes by e *)
Definition linear_change (W e : tensor A) : tensor A := tensor2
  (fun n j => Σ i < I, a [n; i] * e [j; i]).
Definition activation_change (W e : tensor A) : tensor A := tensor2
  (fun n j => pointwise σ' (linear W) [n; j] * linear_change W e [n; j]).
Definition half_squared_error_change (W e : tensor A) : tensor A := tensor0
  (over_2 * (Σ n < P, Σ j < O, (activation_change W e [n; j] * (activation W [n; j] - y [n; j]) + (activation W [n; j] - y [n; j]) * activation_change W e [n; j]))).

Theorem half_squared_error_total_weight (W e : tensor A) :
  half_squared_error_change W e []
  = Σ j < O, Σ i < I, closed_form W [j; i] * e [j; i].
Proof.
  open_up ltac:(unfold half_squared_error_change, activation_change, linear_change, closed_form, transpose, hadamard, activation2, difference, half_squared_error, activation, linear).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2; left3; left4] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = over_2 * value outermost right1).
  { same_sum left1 right1 over_2
      (fun n j i => (j, (i, ((n, ((tt, tt), tt)), tt))))%Z
      (fun j i n => (n, (j, ((i, tt), tt))))%Z.
    - intros n ?known j ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros j ?known i ?known n ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = over_2 * value outermost right1).
  { same_sum left3 right1 over_2
      (fun n j i2 => (j, (i2, ((n, ((tt, tt), tt)), tt))))%Z
      (fun j i n => (n, (j, (tt, (i, tt)))))%Z.
    - intros n ?known j ?known i2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros j ?known i ?known n ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = over_2 * value outermost right2).
  { same_sum left2 right2 over_2
      (fun n j i => (j, (i, ((n, ((tt, tt), tt)), tt))))%Z
      (fun j i n => (n, (j, ((i, tt), tt))))%Z.
    - intros n ?known j ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros j ?known i ?known n ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = over_2 * value outermost right2).
  { same_sum left4 right2 over_2
      (fun n j i2 => (j, (i2, ((n, ((tt, tt), tt)), tt))))%Z
      (fun j i n => (n, (j, (tt, (i, tt)))))%Z.
    - intros n ?known j ?known i2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros j ?known i ?known n ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left3, ?same_left2, ?same_left4. numbers. ring [over_2_law].
Qed.
End certificate.
Print Assumptions half_squared_error_total_weight.
