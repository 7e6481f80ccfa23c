(* mse_loss.sum: Output error under the sum of squared errors
   ∂J/∂a = 2 * (a - y)
   For every P, O ≥ 1.
   J is the sum of mse_loss. When a changes by ε·e, where the square of ε is 0, J changes by ε
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

Definition difference (a : tensor A) : tensor A := tensor2
  (fun p o => a [p; o] - y [p; o]).
Definition power2 (a : tensor A) : tensor A := tensor2
  (fun p o => difference a [p; o] * difference a [p; o]).
Definition mse_loss (a : tensor A) : tensor A := tensor0
  (Σ p < P, Σ o < O, power2 a [p; o]).
Definition closed_form (a : tensor A) : tensor A := tensor2
  (fun p o => (literal 2) * difference a [p; o]).
(* what changes to first order when a changes by e *)
Definition difference_change (a e : tensor A) : tensor A := tensor2
  (fun p o => e [p; o]).
Definition power2_change (a e : tensor A) : tensor A := tensor2
  (fun p o => difference_change a e [p; o] * difference a [p; o] + difference a [p; o] * difference_change a e [p; o]).
Definition mse_loss_change (a e : tensor A) : tensor A := tensor0
  (Σ p < P, Σ o < O, power2_change a e [p; o]).

Lemma mse_loss_sum_change (a e : tensor A) :
  mse_loss_change a e []
  = Σ p < P, Σ o < O, closed_form a [p; o] * e [p; o].
Proof.
  open_up ltac:(unfold mse_loss_change, power2_change, difference_change, closed_form, mse_loss, power2, difference).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2; left3; left4] = values outermost [right1; right2]) end.
  assert (same_left3 : value outermost left3 = 1 * value outermost left1).
  { same_sum left3 left1 1
      (fun p o => (p, (o, tt)))%Z
      (fun p o => (p, (o, (tt, tt))))%Z.
    - intros p ?known o ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros p ?known o ?known. guards_known.
      tuple_parts; lia. }
  assert (same_right1 : value outermost right1 = (literal 2) * value outermost left1).
  { same_sum right1 left1 (literal 2)
      (fun p o => (p, (o, tt)))%Z
      (fun p o => (p, (o, (tt, tt))))%Z.
    - intros p ?known o ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros p ?known o ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = 1 * value outermost left2).
  { same_sum left4 left2 1
      (fun p o => (p, (o, tt)))%Z
      (fun p o => (p, (o, (tt, tt))))%Z.
    - intros p ?known o ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros p ?known o ?known. guards_known.
      tuple_parts; lia. }
  assert (same_right2 : value outermost right2 = (literal 2) * value outermost left2).
  { same_sum right2 left2 (literal 2)
      (fun p o => (p, (o, tt)))%Z
      (fun p o => (p, (o, (tt, tt))))%Z.
    - intros p ?known o ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros p ?known o ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left3, ?same_right1, ?same_left4, ?same_right2. numbers. ring.
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma difference_moves (a e : tensor A) p o :
  difference (moved a ε e) [p; o]
  = difference a [p; o] + ε * difference_change a e [p; o].
Proof. unfold difference, difference_change. first_order ε_square ltac:(idtac). Qed.
Lemma power2_moves (a e : tensor A) p o :
  power2 (moved a ε e) [p; o]
  = power2 a [p; o] + ε * power2_change a e [p; o].
Proof. unfold power2, power2_change. first_order ε_square ltac:(rewrite ?difference_moves). Qed.
Lemma mse_loss_moves (a e : tensor A) :
  mse_loss (moved a ε e) []
  = mse_loss a [] + ε * mse_loss_change a e [].
Proof. unfold mse_loss, mse_loss_change. first_order ε_square ltac:(rewrite ?difference_moves; rewrite ?power2_moves). Qed.
Theorem mse_loss_sum (a e : tensor A) :
  mse_loss (moved a ε e) []
  = (mse_loss a [])
    + ε * (Σ p < P, Σ o < O, closed_form a [p; o] * e [p; o]).
Proof.
  rewrite <- (mse_loss_sum_change a e).
  first_order ε_square ltac:(rewrite ?difference_moves; rewrite ?power2_moves; rewrite ?mse_loss_moves).
Qed.
End certificate.
Print Assumptions mse_loss_sum.
