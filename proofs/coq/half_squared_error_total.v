(* half_squared_error.total: Output error of all samples, J the total over them
   ∂J/∂a = a - y
   For every P, O ≥ 1.
   J is the sum of sum_axes. When a changes by ε·e, where the square of ε is 0, J changes by ε
   times the sum of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables P O : Z.
Hypothesis P_least : (1 <= P)%Z.
Hypothesis O_least : (1 <= O)%Z.
Variables y : tensor A.
Variable over_2 : A.
Hypothesis over_2_law : literal 2 * over_2 = 1.

Definition t (a : tensor A) : tensor A := tensor1
  (fun p => over_2 * (Σ k < O, (a [p; k] - y [p; k]) * (a [p; k] - y [p; k]))).
Definition sum_axes (a : tensor A) : tensor A := tensor0
  (Σ p < P, t a [p]).
Definition closed_form (a : tensor A) : tensor A := tensor2
  (fun p o => a [p; o] - y [p; o]).
(* what changes to first order when a changes by e *)
Definition t_change (a e : tensor A) : tensor A := tensor1
  (fun p => over_2 * (Σ k < O, (e [p; k] * (a [p; k] - y [p; k]) + (a [p; k] - y [p; k]) * e [p; k]))).
Definition sum_axes_change (a e : tensor A) : tensor A := tensor0
  (Σ p < P, t_change a e [p]).

Lemma half_squared_error_total_change (a e : tensor A) :
  sum_axes_change a e []
  = Σ p < P, Σ o < O, closed_form a [p; o] * e [p; o].
Proof.
  open_up ltac:(unfold sum_axes_change, t_change, closed_form, sum_axes, t).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2; left3; left4] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = over_2 * value outermost right1).
  { same_sum left1 right1 over_2
      (fun p k => (p, (k, (tt, tt))))%Z
      (fun p o => (p, (o, tt)))%Z.
    - intros p ?known k ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros p ?known o ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = over_2 * value outermost right1).
  { same_sum left3 right1 over_2
      (fun p k => (p, (k, (tt, tt))))%Z
      (fun p o => (p, (o, (tt, tt))))%Z.
    - intros p ?known k ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros p ?known o ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = over_2 * value outermost right2).
  { same_sum left2 right2 over_2
      (fun p k => (p, (k, (tt, tt))))%Z
      (fun p o => (p, (o, tt)))%Z.
    - intros p ?known k ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros p ?known o ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = over_2 * value outermost right2).
  { same_sum left4 right2 over_2
      (fun p k => (p, (k, (tt, tt))))%Z
      (fun p o => (p, (o, (tt, tt))))%Z.
    - intros p ?known k ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros p ?known o ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left3, ?same_left2, ?same_left4. numbers. ring [over_2_law].
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma t_moves (a e : tensor A) p :
  t (moved a ε e) [p]
  = t a [p] + ε * t_change a e [p].
Proof. unfold t, t_change. first_order ε_square ltac:(idtac). Qed.
Lemma sum_axes_moves (a e : tensor A) :
  sum_axes (moved a ε e) []
  = sum_axes a [] + ε * sum_axes_change a e [].
Proof. unfold sum_axes, sum_axes_change. first_order ε_square ltac:(rewrite ?t_moves). Qed.
Theorem half_squared_error_total (a e : tensor A) :
  sum_axes (moved a ε e) []
  = (sum_axes a [])
    + ε * (Σ p < P, Σ o < O, closed_form a [p; o] * e [p; o]).
Proof.
  rewrite <- (half_squared_error_total_change a e).
  first_order ε_square ltac:(rewrite ?t_moves; rewrite ?sum_axes_moves).
Qed.
End certificate.
Print Assumptions half_squared_error_total.
