(* softmax.shifted: Softmax with the maximum subtracted is softmax
   softmax(z) = softmax(shifted(z))
   For every N, C ≥ 1.
   softmax and the closed form are the same tensor. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Variables n c : Z.
Hypothesis n_inside : (0 <= n < N)%Z.
Hypothesis c_inside : (0 <= c < C)%Z.
(* greatest is a maximum over a window, greatest_selected any selector of its element *)
Variables z greatest greatest_selected : tensor A.
Variables reciprocal exp : A -> A.

Definition activation : tensor A := tensor2
  (fun n c => pointwise exp z [n; c]).
Definition sum_axes : tensor A := tensor2
  (fun n c_ => Σ c < C, activation [n; c]).
Definition softmax : tensor A := tensor2
  (fun n c => activation [n; c] * (pointwise reciprocal sum_axes [n; 0]%Z)).
Definition shifted : tensor A := tensor2
  (fun n c => z [n; c] - greatest [n]).
Definition activation2 : tensor A := tensor2
  (fun n c => pointwise exp shifted [n; c]).
Definition sum_axes2 : tensor A := tensor2
  (fun n c_ => Σ c < C, activation2 [n; c]).
Definition closed_form : tensor A := tensor2
  (fun n c => activation2 [n; c] * (pointwise reciprocal sum_axes2 [n; 0]%Z)).

Theorem softmax_shifted :
  (forall n c_, (0 <= n < N)%Z -> (0 <= c_ < 1)%Z -> sum_axes2 [n; c_] * pointwise reciprocal sum_axes2 [n; c_] = 1) ->
  (forall x y, exp (x + y) = exp x * exp y) ->
  (forall n c_, (0 <= n < N)%Z -> (0 <= c_ < 1)%Z -> sum_axes [n; c_] * pointwise reciprocal sum_axes [n; c_] = 1) ->
  softmax [n; c] = closed_form [n; c].
Proof.
  intros known_cancel_sum_axes2 known_exponents known_cancel_sum_axes.
  apply (adding (pointwise exp z [n; c] * pointwise reciprocal sum_axes [n; 0]%Z * (sum_axes2 [n; 0]%Z * pointwise reciprocal sum_axes2 [n; 0]%Z - 1))).
  { vanishing. apply (known_cancel_sum_axes2 (n)%Z (0)%Z); lia. }
  apply (adding (Σ c2 < C, - (pointwise reciprocal sum_axes [n; 0]%Z * pointwise reciprocal sum_axes2 [n; 0]%Z * (pointwise exp z [n; c] * pointwise exp shifted [n; c2] - pointwise exp shifted [n; c] * pointwise exp z [n; c2])))).
  { vanishing_over c2. vanishing. unfold pointwise. rewrite <- !known_exponents. f_equal; same_numbers ltac:(unfold closed_form, sum_axes2, activation2, shifted, softmax, sum_axes, activation). }
  apply (adding (- (pointwise reciprocal sum_axes2 [n; 0]%Z * pointwise exp shifted [n; c] * (sum_axes [n; 0]%Z * pointwise reciprocal sum_axes [n; 0]%Z - 1)))).
  { vanishing. apply (known_cancel_sum_axes (n)%Z (0)%Z); lia. }
  open_up ltac:(unfold closed_form, sum_axes2, activation2, shifted, softmax, sum_axes, activation).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4; ?pleft5; ?pleft6; ?pleft7] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (left5 := pleft5); pose (left6 := pleft6); pose (left7 := pleft7); pose (right1 := pright1); change (values outermost [left1; left2; left3; left4; left5; left6; left7] = values outermost [right1]) end.
  assert (same_left3 : value outermost left3 = ((- (1))) * value outermost left1).
  { same_sum left3 left1 ((- (1)))
      (tt)%Z
      (tt)%Z.
    - guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - guards_known.
      tuple_parts; lia. }
  assert (same_left7 : value outermost left7 = 1 * value outermost right1).
  { same_sum left7 right1 1
      (tt)%Z
      (tt)%Z.
    - guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = ((- (1))) * value outermost left2).
  { same_sum left4 left2 ((- (1)))
      (fun c2 => ((c2, tt), tt))%Z
      (fun c2 => (c2, tt))%Z.
    - intros c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros c2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left6 : value outermost left6 = ((- (1))) * value outermost left5).
  { same_sum left6 left5 ((- (1)))
      (fun c2 => (c2, tt))%Z
      (fun c2 => ((c2, tt), tt))%Z.
    - intros c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros c2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left3, ?same_left7, ?same_left4, ?same_left6. numbers. ring.
Qed.
End certificate.
Print Assumptions softmax_shifted.
