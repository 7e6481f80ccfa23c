(* binary_cross_entropy.sigmoid: Output error of sigmoids with binary cross-entropy
   ∂J/∂z = (sigmoid(z) - y) / (N*I)
   For every N, I ≥ 1.
   When z changes by e, the first-order change of the sum of binary_cross_entropy, by the chain
   rule, is that of the closed form times e. With reciprocal' = -reciprocal², sigmoid' = sigmoid·(1
   - sigmoid), log' = reciprocal. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N I : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis I_least : (1 <= I)%Z.
Variables y : tensor A.
Variables reciprocal sigmoid log : A -> A.
Variable over_I : A.
Hypothesis over_I_law : integer I * over_I = 1.
Variable over_N : A.
Hypothesis over_N_law : integer N * over_N = 1.

Definition activation (z : tensor A) : tensor A := tensor2
  (fun n i => pointwise sigmoid z [n; i]).
Definition activation2 (z : tensor A) : tensor A := tensor2
  (fun n i => pointwise log (activation z) [n; i]).
Definition scaled (z : tensor A) : tensor A := tensor2
  (fun n i => y [n; i] * activation2 z [n; i]).
Definition difference : tensor A := tensor2
  (fun n i => 1 - y [n; i]).
Definition difference2 (z : tensor A) : tensor A := tensor2
  (fun n i => 1 - activation z [n; i]).
Definition activation3 (z : tensor A) : tensor A := tensor2
  (fun n i => pointwise log (difference2 z) [n; i]).
Definition scaled2 (z : tensor A) : tensor A := tensor2
  (fun n i => difference [n; i] * activation3 z [n; i]).
Definition added (z : tensor A) : tensor A := tensor2
  (fun n i => scaled z [n; i] + scaled2 z [n; i]).
Definition sum_axes (z : tensor A) : tensor A := tensor0
  (Σ n < N, Σ i < I, added z [n; i]).
Definition scaled3 (z : tensor A) : tensor A := tensor0
  (- sum_axes z []).
Definition binary_cross_entropy (z : tensor A) : tensor A := tensor0
  ((over_I * over_N) * scaled3 z []).
Definition difference3 (z : tensor A) : tensor A := tensor2
  (fun n i => activation z [n; i] - y [n; i]).
Definition closed_form (z : tensor A) : tensor A := tensor2
  (fun n i => (over_I * over_N) * difference3 z [n; i]).
(* what changes to first order when z changes by e *)
Definition activation_change (z e : tensor A) : tensor A := tensor2
  (fun n i => (pointwise sigmoid z [n; i] - pointwise sigmoid z [n; i] * pointwise sigmoid z [n; i]) * e [n; i]).
Definition activation2_change (z e : tensor A) : tensor A := tensor2
  (fun n i => pointwise reciprocal (activation z) [n; i] * activation_change z e [n; i]).
Definition scaled_change (z e : tensor A) : tensor A := tensor2
  (fun n i => y [n; i] * activation2_change z e [n; i]).
Definition difference2_change (z e : tensor A) : tensor A := tensor2
  (fun n i => - activation_change z e [n; i]).
Definition activation3_change (z e : tensor A) : tensor A := tensor2
  (fun n i => pointwise reciprocal (difference2 z) [n; i] * difference2_change z e [n; i]).
Definition scaled2_change (z e : tensor A) : tensor A := tensor2
  (fun n i => difference [n; i] * activation3_change z e [n; i]).
Definition added_change (z e : tensor A) : tensor A := tensor2
  (fun n i => scaled_change z e [n; i] + scaled2_change z e [n; i]).
Definition sum_axes_change (z e : tensor A) : tensor A := tensor0
  (Σ n < N, Σ i < I, added_change z e [n; i]).
Definition scaled3_change (z e : tensor A) : tensor A := tensor0
  (- sum_axes_change z e []).
Definition binary_cross_entropy_change (z e : tensor A) : tensor A := tensor0
  ((over_I * over_N) * scaled3_change z e []).

Theorem binary_cross_entropy_sigmoid (z e : tensor A) :
  (forall n i, (0 <= n < N)%Z -> (0 <= i < I)%Z -> activation z [n; i] * pointwise reciprocal (activation z) [n; i] = 1) ->
  (forall n i, (0 <= n < N)%Z -> (0 <= i < I)%Z -> difference2 z [n; i] * pointwise reciprocal (difference2 z) [n; i] = 1) ->
  binary_cross_entropy_change z e []
  = Σ n < N, Σ i < I, closed_form z [n; i] * e [n; i].
Proof.
  intros known_cancel_activation known_cancel_difference2.
  apply (adding (Σ n < N, Σ i < I, (over_I * over_N) * y [n; i] * e [n; i] * (activation z [n; i] * pointwise reciprocal (activation z) [n; i] - 1))).
  { vanishing_over n. vanishing_over i. vanishing. apply (known_cancel_activation (n)%Z (i)%Z); lia. }
  apply (adding (Σ n < N, Σ i < I, - ((over_I * over_N) * y [n; i] * pointwise sigmoid z [n; i] * e [n; i] * (activation z [n; i] * pointwise reciprocal (activation z) [n; i] - 1)))).
  { vanishing_over n. vanishing_over i. vanishing. apply (known_cancel_activation (n)%Z (i)%Z); lia. }
  apply (adding (Σ n < N, Σ i < I, (over_I * over_N) * e [n; i] * (difference2 z [n; i] * pointwise reciprocal (difference2 z) [n; i] - 1))).
  { vanishing_over n. vanishing_over i. vanishing. apply (known_cancel_difference2 (n)%Z (i)%Z); lia. }
  apply (adding (Σ n < N, Σ i < I, - ((over_I * over_N) * pointwise sigmoid z [n; i] * e [n; i] * (difference2 z [n; i] * pointwise reciprocal (difference2 z) [n; i] - 1)))).
  { vanishing_over n. vanishing_over i. vanishing. apply (known_cancel_difference2 (n)%Z (i)%Z); lia. }
  apply (adding (Σ n < N, Σ i < I, - ((over_I * over_N) * e [n; i] * (difference2 z [n; i] * pointwise reciprocal (difference2 z) [n; i] - 1)))).
  { vanishing_over n. vanishing_over i. vanishing. apply (known_cancel_difference2 (n)%Z (i)%Z); lia. }
  apply (adding (Σ n < N, Σ i < I, - ((over_I * over_N) * y [n; i] * e [n; i] * (difference2 z [n; i] * pointwise reciprocal (difference2 z) [n; i] - 1)))).
  { vanishing_over n. vanishing_over i. vanishing. apply (known_cancel_difference2 (n)%Z (i)%Z); lia. }
  apply (adding (Σ n < N, Σ i < I, (over_I * over_N) * y [n; i] * pointwise sigmoid z [n; i] * e [n; i] * (difference2 z [n; i] * pointwise reciprocal (difference2 z) [n; i] - 1))).
  { vanishing_over n. vanishing_over i. vanishing. apply (known_cancel_difference2 (n)%Z (i)%Z); lia. }
  apply (adding (Σ n < N, Σ i < I, (over_I * over_N) * y [n; i] * e [n; i] * (difference2 z [n; i] * pointwise reciprocal (difference2 z) [n; i] - 1))).
  { vanishing_over n. vanishing_over i. vanishing. apply (known_cancel_difference2 (n)%Z (i)%Z); lia. }
  open_up ltac:(unfold binary_cross_entropy_change, scaled3_change, sum_axes_change, added_change, scaled2_change, activation3_change, difference2_change, scaled_change, activation2_change, activation_change, closed_form, difference3, binary_cross_entropy, scaled3, sum_axes, added, scaled2, activation3, difference2, difference, scaled, activation2, activation).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4; ?pleft5; ?pleft6; ?pleft7; ?pleft8; ?pleft9; ?pleft10; ?pleft11; ?pleft12; ?pleft13; ?pleft14; ?pleft15; ?pleft16; ?pleft17; ?pleft18; ?pleft19; ?pleft20; ?pleft21; ?pleft22; ?pleft23; ?pleft24; ?pleft25; ?pleft26; ?pleft27; ?pleft28] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (left5 := pleft5); pose (left6 := pleft6); pose (left7 := pleft7); pose (left8 := pleft8); pose (left9 := pleft9); pose (left10 := pleft10); pose (left11 := pleft11); pose (left12 := pleft12); pose (left13 := pleft13); pose (left14 := pleft14); pose (left15 := pleft15); pose (left16 := pleft16); pose (left17 := pleft17); pose (left18 := pleft18); pose (left19 := pleft19); pose (left20 := pleft20); pose (left21 := pleft21); pose (left22 := pleft22); pose (left23 := pleft23); pose (left24 := pleft24); pose (left25 := pleft25); pose (left26 := pleft26); pose (left27 := pleft27); pose (left28 := pleft28); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2; left3; left4; left5; left6; left7; left8; left9; left10; left11; left12; left13; left14; left15; left16; left17; left18; left19; left20; left21; left22; left23; left24; left25; left26; left27; left28] = values outermost [right1; right2]) end.
  assert (same_left7 : value outermost left7 = ((- (1))) * value outermost left1).
  { same_sum left7 left1 ((- (1)))
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left9 : value outermost left9 = ((- (1))) * value outermost left2).
  { same_sum left9 left2 ((- (1)))
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left12 : value outermost left12 = ((- (1))) * value outermost left3).
  { same_sum left12 left3 ((- (1)))
      (fun n i => (n, (i, (tt, (tt, tt)))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left14 : value outermost left14 = ((- (1))) * value outermost left3).
  { same_sum left14 left3 ((- (1)))
      (fun n i => (n, (i, (tt, (tt, tt)))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left18 : value outermost left18 = 1 * value outermost left3).
  { same_sum left18 left3 1
      (fun n i => (n, (i, (tt, (tt, tt)))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left15 : value outermost left15 = ((- (1))) * value outermost left4).
  { same_sum left15 left4 ((- (1)))
      (fun n i => (n, (i, (tt, (tt, tt)))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left21 : value outermost left21 = ((- (1))) * value outermost left5).
  { same_sum left21 left5 ((- (1)))
      (fun n i => (n, (i, (tt, (tt, tt)))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left23 : value outermost left23 = ((- (1))) * value outermost left5).
  { same_sum left23 left5 ((- (1)))
      (fun n i => (n, (i, (tt, (tt, tt)))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left27 : value outermost left27 = 1 * value outermost left5).
  { same_sum left27 left5 1
      (fun n i => (n, (i, (tt, (tt, tt)))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left24 : value outermost left24 = ((- (1))) * value outermost left6).
  { same_sum left24 left6 ((- (1)))
      (fun n i => (n, (i, (tt, (tt, tt)))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left16 : value outermost left16 = 1 * value outermost right1).
  { same_sum left16 right1 1
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left8 : value outermost left8 = 1 * value outermost right2).
  { same_sum left8 right2 1
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left22 : value outermost left22 = ((- (1))) * value outermost right2).
  { same_sum left22 right2 ((- (1)))
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left28 : value outermost left28 = 1 * value outermost right2).
  { same_sum left28 right2 1
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left25 : value outermost left25 = ((- (1))) * value outermost left10).
  { same_sum left25 left10 ((- (1)))
      (fun n i => (n, (i, tt)))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left17 : value outermost left17 = ((- (1))) * value outermost left11).
  { same_sum left17 left11 ((- (1)))
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left19 : value outermost left19 = ((- (1))) * value outermost left13).
  { same_sum left19 left13 ((- (1)))
      (fun n i => (n, (i, tt)))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left26 : value outermost left26 = ((- (1))) * value outermost left20).
  { same_sum left26 left20 ((- (1)))
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left7, ?same_left9, ?same_left12, ?same_left14, ?same_left18, ?same_left15, ?same_left21, ?same_left23, ?same_left27, ?same_left24, ?same_left16, ?same_left8, ?same_left22, ?same_left28, ?same_left25, ?same_left17, ?same_left19, ?same_left26. numbers. ring [over_I_law over_N_law].
Qed.
End certificate.
Print Assumptions binary_cross_entropy_sigmoid.
