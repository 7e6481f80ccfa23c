(* binary_cross_entropy.weight: Weights of logistic regression
   ∂J/∂W = transpose((sigmoid(linear(x, W, bias=b)) - y) / (N*C)) @ x
   For every N, C, I ≥ 1.
   When W changes by e, the first-order change of the sum of binary_cross_entropy, by the chain
   rule, is that of the closed form times e. With reciprocal' = -reciprocal², sigmoid' = sigmoid·(1
   - sigmoid), log' = reciprocal. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C I : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis I_least : (1 <= I)%Z.
Variables b x y : tensor A.
Variables reciprocal sigmoid log : A -> A.
Variable over_C : A.
Hypothesis over_C_law : integer C * over_C = 1.
Variable over_N : A.
Hypothesis over_N_law : integer N * over_N = 1.

Definition linear (W : tensor A) : tensor A := tensor2
  (fun n j => Σ i < I, x [n; i] * W [j; i] + b [j]).
Definition activation (W : tensor A) : tensor A := tensor2
  (fun n j => pointwise sigmoid (linear W) [n; j]).
Definition activation2 (W : tensor A) : tensor A := tensor2
  (fun n j => pointwise log (activation W) [n; j]).
Definition scaled (W : tensor A) : tensor A := tensor2
  (fun n c => y [n; c] * activation2 W [n; c]).
Definition difference : tensor A := tensor2
  (fun n c => 1 - y [n; c]).
Definition difference2 (W : tensor A) : tensor A := tensor2
  (fun n j => 1 - activation W [n; j]).
Definition activation3 (W : tensor A) : tensor A := tensor2
  (fun n j => pointwise log (difference2 W) [n; j]).
Definition scaled2 (W : tensor A) : tensor A := tensor2
  (fun n c => difference [n; c] * activation3 W [n; c]).
Definition added (W : tensor A) : tensor A := tensor2
  (fun n c => scaled W [n; c] + scaled2 W [n; c]).
Definition sum_axes (W : tensor A) : tensor A := tensor0
  (Σ n < N, Σ c < C, added W [n; c]).
Definition scaled3 (W : tensor A) : tensor A := tensor0
  (- sum_axes W []).
Definition binary_cross_entropy (W : tensor A) : tensor A := tensor0
  ((over_C * over_N) * scaled3 W []).
Definition difference3 (W : tensor A) : tensor A := tensor2
  (fun n j => activation W [n; j] - y [n; j]).
Definition quotient (W : tensor A) : tensor A := tensor2
  (fun n j => (over_C * over_N) * difference3 W [n; j]).
Definition transpose (W : tensor A) : tensor A := tensor2
  (fun j n => quotient W [n; j]).
Definition closed_form (W : tensor A) : tensor A := tensor2
  (fun j i => Σ n < N, transpose W [j; n] * x [n; i]).
(* what changes to first order when W changes by e *)
Definition linear_change (W e : tensor A) : tensor A := tensor2
  (fun n j => Σ i < I, x [n; i] * e [j; i]).
Definition activation_change (W e : tensor A) : tensor A := tensor2
  (fun n j => (pointwise sigmoid (linear W) [n; j] - pointwise sigmoid (linear W) [n; j] * pointwise sigmoid (linear W) [n; j]) * linear_change W e [n; j]).
Definition activation2_change (W e : tensor A) : tensor A := tensor2
  (fun n j => pointwise reciprocal (activation W) [n; j] * activation_change W e [n; j]).
Definition scaled_change (W e : tensor A) : tensor A := tensor2
  (fun n c => y [n; c] * activation2_change W e [n; c]).
Definition difference2_change (W e : tensor A) : tensor A := tensor2
  (fun n j => - activation_change W e [n; j]).
Definition activation3_change (W e : tensor A) : tensor A := tensor2
  (fun n j => pointwise reciprocal (difference2 W) [n; j] * difference2_change W e [n; j]).
Definition scaled2_change (W e : tensor A) : tensor A := tensor2
  (fun n c => difference [n; c] * activation3_change W e [n; c]).
Definition added_change (W e : tensor A) : tensor A := tensor2
  (fun n c => scaled_change W e [n; c] + scaled2_change W e [n; c]).
Definition sum_axes_change (W e : tensor A) : tensor A := tensor0
  (Σ n < N, Σ c < C, added_change W e [n; c]).
Definition scaled3_change (W e : tensor A) : tensor A := tensor0
  (- sum_axes_change W e []).
Definition binary_cross_entropy_change (W e : tensor A) : tensor A := tensor0
  ((over_C * over_N) * scaled3_change W e []).

Theorem binary_cross_entropy_weight (W e : tensor A) :
  (forall n j, (0 <= n < N)%Z -> (0 <= j < C)%Z -> activation W [n; j] * pointwise reciprocal (activation W) [n; j] = 1) ->
  (forall n j, (0 <= n < N)%Z -> (0 <= j < C)%Z -> difference2 W [n; j] * pointwise reciprocal (difference2 W) [n; j] = 1) ->
  binary_cross_entropy_change W e []
  = Σ j < C, Σ i < I, closed_form W [j; i] * e [j; i].
Proof.
  intros known_cancel_activation known_cancel_difference2.
  apply (adding (Σ n < N, Σ c < C, Σ i < I, (over_C * over_N) * y [n; c] * x [n; i] * e [c; i] * (activation W [n; c] * pointwise reciprocal (activation W) [n; c] - 1))).
  { vanishing_over n. vanishing_over c. vanishing_over i. vanishing. apply (known_cancel_activation (n)%Z (c)%Z); lia. }
  apply (adding (Σ n < N, Σ c < C, Σ i < I, - ((over_C * over_N) * y [n; c] * pointwise sigmoid (linear W) [n; c] * x [n; i] * e [c; i] * (activation W [n; c] * pointwise reciprocal (activation W) [n; c] - 1)))).
  { vanishing_over n. vanishing_over c. vanishing_over i. vanishing. apply (known_cancel_activation (n)%Z (c)%Z); lia. }
  apply (adding (Σ n < N, Σ c < C, Σ i2 < I, (over_C * over_N) * x [n; i2] * e [c; i2] * (difference2 W [n; c] * pointwise reciprocal (difference2 W) [n; c] - 1))).
  { vanishing_over n. vanishing_over c. vanishing_over i2. vanishing. apply (known_cancel_difference2 (n)%Z (c)%Z); lia. }
  apply (adding (Σ n < N, Σ c < C, Σ i2 < I, - ((over_C * over_N) * pointwise sigmoid (linear W) [n; c] * x [n; i2] * e [c; i2] * (difference2 W [n; c] * pointwise reciprocal (difference2 W) [n; c] - 1)))).
  { vanishing_over n. vanishing_over c. vanishing_over i2. vanishing. apply (known_cancel_difference2 (n)%Z (c)%Z); lia. }
  apply (adding (Σ n < N, Σ c < C, Σ i2 < I, - ((over_C * over_N) * x [n; i2] * e [c; i2] * (difference2 W [n; c] * pointwise reciprocal (difference2 W) [n; c] - 1)))).
  { vanishing_over n. vanishing_over c. vanishing_over i2. vanishing. apply (known_cancel_difference2 (n)%Z (c)%Z); lia. }
  apply (adding (Σ n < N, Σ c < C, Σ i2 < I, - ((over_C * over_N) * y [n; c] * x [n; i2] * e [c; i2] * (difference2 W [n; c] * pointwise reciprocal (difference2 W) [n; c] - 1)))).
  { vanishing_over n. vanishing_over c. vanishing_over i2. vanishing. apply (known_cancel_difference2 (n)%Z (c)%Z); lia. }
  apply (adding (Σ n < N, Σ c < C, Σ i2 < I, (over_C * over_N) * y [n; c] * pointwise sigmoid (linear W) [n; c] * x [n; i2] * e [c; i2] * (difference2 W [n; c] * pointwise reciprocal (difference2 W) [n; c] - 1))).
  { vanishing_over n. vanishing_over c. vanishing_over i2. vanishing. apply (known_cancel_difference2 (n)%Z (c)%Z); lia. }
  apply (adding (Σ n < N, Σ c < C, Σ i2 < I, (over_C * over_N) * y [n; c] * x [n; i2] * e [c; i2] * (difference2 W [n; c] * pointwise reciprocal (difference2 W) [n; c] - 1))).
  { vanishing_over n. vanishing_over c. vanishing_over i2. vanishing. apply (known_cancel_difference2 (n)%Z (c)%Z); lia. }
  open_up ltac:(unfold binary_cross_entropy_change, scaled3_change, sum_axes_change, added_change, scaled2_change, activation3_change, difference2_change, scaled_change, activation2_change, activation_change, linear_change, closed_form, transpose, quotient, difference3, binary_cross_entropy, scaled3, sum_axes, added, scaled2, activation3, difference2, difference, scaled, activation2, activation, linear).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4; ?pleft5; ?pleft6; ?pleft7; ?pleft8; ?pleft9; ?pleft10; ?pleft11; ?pleft12; ?pleft13; ?pleft14; ?pleft15; ?pleft16; ?pleft17; ?pleft18; ?pleft19; ?pleft20; ?pleft21; ?pleft22; ?pleft23; ?pleft24; ?pleft25; ?pleft26; ?pleft27; ?pleft28] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (left5 := pleft5); pose (left6 := pleft6); pose (left7 := pleft7); pose (left8 := pleft8); pose (left9 := pleft9); pose (left10 := pleft10); pose (left11 := pleft11); pose (left12 := pleft12); pose (left13 := pleft13); pose (left14 := pleft14); pose (left15 := pleft15); pose (left16 := pleft16); pose (left17 := pleft17); pose (left18 := pleft18); pose (left19 := pleft19); pose (left20 := pleft20); pose (left21 := pleft21); pose (left22 := pleft22); pose (left23 := pleft23); pose (left24 := pleft24); pose (left25 := pleft25); pose (left26 := pleft26); pose (left27 := pleft27); pose (left28 := pleft28); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2; left3; left4; left5; left6; left7; left8; left9; left10; left11; left12; left13; left14; left15; left16; left17; left18; left19; left20; left21; left22; left23; left24; left25; left26; left27; left28] = values outermost [right1; right2]) end.
  assert (same_left7 : value outermost left7 = ((- (1))) * value outermost left1).
  { same_sum left7 left1 ((- (1)))
      (fun n c i => (n, (c, (tt, (i, tt)))))%Z
      (fun n c i => (n, (c, (i, tt))))%Z.
    - intros n ?known c ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_N_law]]).
    - intros n ?known c ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left9 : value outermost left9 = ((- (1))) * value outermost left2).
  { same_sum left9 left2 ((- (1)))
      (fun n c i => (n, (c, (tt, (i, tt)))))%Z
      (fun n c i => (n, (c, (i, tt))))%Z.
    - intros n ?known c ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_N_law]]).
    - intros n ?known c ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left12 : value outermost left12 = ((- (1))) * value outermost left3).
  { same_sum left12 left3 ((- (1)))
      (fun n c i2 => (n, (c, (tt, (tt, (i2, tt))))))%Z
      (fun n c i2 => (n, (c, (i2, (tt, tt)))))%Z.
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_N_law]]).
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left14 : value outermost left14 = ((- (1))) * value outermost left3).
  { same_sum left14 left3 ((- (1)))
      (fun n c i2 => (n, (c, (tt, (tt, (i2, tt))))))%Z
      (fun n c i2 => (n, (c, (i2, (tt, tt)))))%Z.
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_N_law]]).
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left18 : value outermost left18 = 1 * value outermost left3).
  { same_sum left18 left3 1
      (fun n c i2 => (n, (c, (tt, (tt, (i2, tt))))))%Z
      (fun n c i2 => (n, (c, (i2, (tt, tt)))))%Z.
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_N_law]]).
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left15 : value outermost left15 = ((- (1))) * value outermost left4).
  { same_sum left15 left4 ((- (1)))
      (fun n c i2 => (n, (c, (tt, (tt, (i2, tt))))))%Z
      (fun n c i2 => (n, (c, (i2, (tt, tt)))))%Z.
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_N_law]]).
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left21 : value outermost left21 = ((- (1))) * value outermost left5).
  { same_sum left21 left5 ((- (1)))
      (fun n c i2 => (n, (c, (tt, (tt, (i2, tt))))))%Z
      (fun n c i2 => (n, (c, (i2, (tt, tt)))))%Z.
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_N_law]]).
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left23 : value outermost left23 = ((- (1))) * value outermost left5).
  { same_sum left23 left5 ((- (1)))
      (fun n c i2 => (n, (c, (tt, (tt, (i2, tt))))))%Z
      (fun n c i2 => (n, (c, (i2, (tt, tt)))))%Z.
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_N_law]]).
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left27 : value outermost left27 = 1 * value outermost left5).
  { same_sum left27 left5 1
      (fun n c i2 => (n, (c, (tt, (tt, (i2, tt))))))%Z
      (fun n c i2 => (n, (c, (i2, (tt, tt)))))%Z.
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_N_law]]).
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left24 : value outermost left24 = ((- (1))) * value outermost left6).
  { same_sum left24 left6 ((- (1)))
      (fun n c i2 => (n, (c, (tt, (tt, (i2, tt))))))%Z
      (fun n c i2 => (n, (c, (i2, (tt, tt)))))%Z.
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_N_law]]).
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left16 : value outermost left16 = 1 * value outermost right1).
  { same_sum left16 right1 1
      (fun n c i2 => (c, (i2, ((n, (tt, tt)), tt))))%Z
      (fun j i n => (n, (j, (i, tt))))%Z.
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_N_law]]).
    - intros j ?known i ?known n ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left8 : value outermost left8 = 1 * value outermost right2).
  { same_sum left8 right2 1
      (fun n c i => (c, (i, ((n, (tt, tt)), tt))))%Z
      (fun j i n => (n, (j, (i, tt))))%Z.
    - intros n ?known c ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_N_law]]).
    - intros j ?known i ?known n ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left22 : value outermost left22 = ((- (1))) * value outermost right2).
  { same_sum left22 right2 ((- (1)))
      (fun n c i2 => (c, (i2, ((n, (tt, tt)), tt))))%Z
      (fun j i n => (n, (j, (i, tt))))%Z.
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_N_law]]).
    - intros j ?known i ?known n ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left28 : value outermost left28 = 1 * value outermost right2).
  { same_sum left28 right2 1
      (fun n c i2 => (c, (i2, ((n, (tt, tt)), tt))))%Z
      (fun j i n => (n, (j, (i, tt))))%Z.
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_N_law]]).
    - intros j ?known i ?known n ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left25 : value outermost left25 = ((- (1))) * value outermost left10).
  { same_sum left25 left10 ((- (1)))
      (fun n c i2 => (n, (c, (i2, tt))))%Z
      (fun n c i => (n, (c, (i, tt))))%Z.
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_N_law]]).
    - intros n ?known c ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left17 : value outermost left17 = ((- (1))) * value outermost left11).
  { same_sum left17 left11 ((- (1)))
      (fun n c i2 => (n, (c, (i2, (tt, tt)))))%Z
      (fun n c i2 => (n, (c, (i2, (tt, tt)))))%Z.
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_N_law]]).
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left19 : value outermost left19 = ((- (1))) * value outermost left13).
  { same_sum left19 left13 ((- (1)))
      (fun n c i2 => (n, (c, (i2, tt))))%Z
      (fun n c i2 => (n, (c, (i2, tt))))%Z.
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_N_law]]).
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left26 : value outermost left26 = ((- (1))) * value outermost left20).
  { same_sum left26 left20 ((- (1)))
      (fun n c i2 => (n, (c, (i2, (tt, tt)))))%Z
      (fun n c i2 => (n, (c, (i2, (tt, tt)))))%Z.
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_N_law]]).
    - intros n ?known c ?known i2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left7, ?same_left9, ?same_left12, ?same_left14, ?same_left18, ?same_left15, ?same_left21, ?same_left23, ?same_left27, ?same_left24, ?same_left16, ?same_left8, ?same_left22, ?same_left28, ?same_left25, ?same_left17, ?same_left19, ?same_left26. numbers. ring [over_C_law over_N_law].
Qed.
End certificate.
Print Assumptions binary_cross_entropy_weight.
