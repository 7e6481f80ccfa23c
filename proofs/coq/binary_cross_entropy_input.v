(* binary_cross_entropy.input: Error of probabilities under binary cross-entropy
   ∂J/∂a = (a - y) / (a * (1 - a)) / (N*I)
   For every N, I ≥ 1.
   When a changes by e, the first-order change of the sum of binary_cross_entropy, by the chain
   rule, is that of the closed form times e. With reciprocal' = -reciprocal², log' = reciprocal. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N I : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis I_least : (1 <= I)%Z.
Variables y : tensor A.
Variables reciprocal log : A -> A.
Variable over_I : A.
Hypothesis over_I_law : integer I * over_I = 1.
Variable over_N : A.
Hypothesis over_N_law : integer N * over_N = 1.

Definition activation (a : tensor A) : tensor A := tensor2
  (fun n i => pointwise log a [n; i]).
Definition scaled (a : tensor A) : tensor A := tensor2
  (fun n i => y [n; i] * activation a [n; i]).
Definition difference : tensor A := tensor2
  (fun n i => 1 - y [n; i]).
Definition difference2 (a : tensor A) : tensor A := tensor2
  (fun n i => 1 - a [n; i]).
Definition activation2 (a : tensor A) : tensor A := tensor2
  (fun n i => pointwise log (difference2 a) [n; i]).
Definition scaled2 (a : tensor A) : tensor A := tensor2
  (fun n i => difference [n; i] * activation2 a [n; i]).
Definition added (a : tensor A) : tensor A := tensor2
  (fun n i => scaled a [n; i] + scaled2 a [n; i]).
Definition sum_axes (a : tensor A) : tensor A := tensor0
  (Σ n < N, Σ i < I, added a [n; i]).
Definition scaled3 (a : tensor A) : tensor A := tensor0
  (- sum_axes a []).
Definition binary_cross_entropy (a : tensor A) : tensor A := tensor0
  ((over_I * over_N) * scaled3 a []).
Definition difference3 (a : tensor A) : tensor A := tensor2
  (fun n i => a [n; i] - y [n; i]).
Definition quotient (a : tensor A) : tensor A := tensor2
  (fun n i => difference3 a [n; i] * (pointwise reciprocal a [n; i] * (pointwise reciprocal (difference2 a) [n; i]))).
Definition closed_form (a : tensor A) : tensor A := tensor2
  (fun n i => (over_I * over_N) * quotient a [n; i]).
(* what changes to first order when a changes by e *)
Definition activation_change (a e : tensor A) : tensor A := tensor2
  (fun n i => pointwise reciprocal a [n; i] * e [n; i]).
Definition scaled_change (a e : tensor A) : tensor A := tensor2
  (fun n i => y [n; i] * activation_change a e [n; i]).
Definition difference2_change (a e : tensor A) : tensor A := tensor2
  (fun n i => - e [n; i]).
Definition activation2_change (a e : tensor A) : tensor A := tensor2
  (fun n i => pointwise reciprocal (difference2 a) [n; i] * difference2_change a e [n; i]).
Definition scaled2_change (a e : tensor A) : tensor A := tensor2
  (fun n i => difference [n; i] * activation2_change a e [n; i]).
Definition added_change (a e : tensor A) : tensor A := tensor2
  (fun n i => scaled_change a e [n; i] + scaled2_change a e [n; i]).
Definition sum_axes_change (a e : tensor A) : tensor A := tensor0
  (Σ n < N, Σ i < I, added_change a e [n; i]).
Definition scaled3_change (a e : tensor A) : tensor A := tensor0
  (- sum_axes_change a e []).
Definition binary_cross_entropy_change (a e : tensor A) : tensor A := tensor0
  ((over_I * over_N) * scaled3_change a e []).

Theorem binary_cross_entropy_input (a e : tensor A) :
  (forall j0 j1, (0 <= j0 < N)%Z -> (0 <= j1 < I)%Z -> a [j0; j1] * pointwise reciprocal a [j0; j1] = 1) ->
  (forall n i, (0 <= n < N)%Z -> (0 <= i < I)%Z -> difference2 a [n; i] * pointwise reciprocal (difference2 a) [n; i] = 1) ->
  binary_cross_entropy_change a e []
  = Σ n < N, Σ i < I, closed_form a [n; i] * e [n; i].
Proof.
  intros known_cancel_a known_cancel_difference2.
  apply (adding (Σ n < N, Σ i < I, (over_I * over_N) * pointwise reciprocal (difference2 a) [n; i] * e [n; i] * (a [n; i] * pointwise reciprocal a [n; i] - 1))).
  { vanishing_over n. vanishing_over i. vanishing. apply (known_cancel_a (n)%Z (i)%Z); lia. }
  apply (adding (Σ n < N, Σ i < I, - ((over_I * over_N) * y [n; i] * e [n; i] * pointwise reciprocal a [n; i] * (difference2 a [n; i] * pointwise reciprocal (difference2 a) [n; i] - 1)))).
  { vanishing_over n. vanishing_over i. vanishing. apply (known_cancel_difference2 (n)%Z (i)%Z); lia. }
  apply (adding (Σ n < N, Σ i < I, - ((over_I * over_N) * y [n; i] * e [n; i] * pointwise reciprocal (difference2 a) [n; i] * (a [n; i] * pointwise reciprocal a [n; i] - 1)))).
  { vanishing_over n. vanishing_over i. vanishing. apply (known_cancel_a (n)%Z (i)%Z); lia. }
  open_up ltac:(unfold binary_cross_entropy_change, scaled3_change, sum_axes_change, added_change, scaled2_change, activation2_change, difference2_change, scaled_change, activation_change, closed_form, quotient, difference3, binary_cross_entropy, scaled3, sum_axes, added, scaled2, activation2, difference2, difference, scaled, activation).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4; ?pleft5; ?pleft6; ?pleft7; ?pleft8; ?pleft9; ?pleft10] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (left5 := pleft5); pose (left6 := pleft6); pose (left7 := pleft7); pose (left8 := pleft8); pose (left9 := pleft9); pose (left10 := pleft10); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2; left3; left4; left5; left6; left7; left8; left9; left10] = values outermost [right1; right2]) end.
  assert (same_left8 : value outermost left8 = ((- (1))) * value outermost left1).
  { same_sum left8 left1 ((- (1)))
      (fun n i => (n, (i, tt)))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left5 : value outermost left5 = ((- (1))) * value outermost left2).
  { same_sum left5 left2 ((- (1)))
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left10 : value outermost left10 = ((- (1))) * value outermost left3).
  { same_sum left10 left3 ((- (1)))
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = 1 * value outermost right1).
  { same_sum left4 right1 1
      (fun n i => (n, (i, ((tt, tt), tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left6 : value outermost left6 = 1 * value outermost right2).
  { same_sum left6 right2 1
      (fun n i => (n, (i, ((tt, tt), tt))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left9 : value outermost left9 = ((- (1))) * value outermost left7).
  { same_sum left9 left7 ((- (1)))
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left8, ?same_left5, ?same_left10, ?same_left4, ?same_left6, ?same_left9. numbers. ring [over_I_law over_N_law].
Qed.
End certificate.
Print Assumptions binary_cross_entropy_input.
