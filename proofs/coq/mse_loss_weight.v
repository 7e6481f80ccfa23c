(* mse_loss.weight: Weights of linear regression
   ∂J/∂W = transpose(2 * (linear(a, W, bias=b) - y) / (O*P)) @ a
   For every P, I, O ≥ 1.
   J is the sum of mse_loss. When W changes by ε·e, where the square of ε is 0, J changes by ε
   times the sum of the closed form times e. *)
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
Variable over_O : A.
Hypothesis over_O_law : integer O * over_O = 1.
Variable over_P : A.
Hypothesis over_P_law : integer P * over_P = 1.

Definition linear (W : tensor A) : tensor A := tensor2
  (fun n j => Σ i < I, a [n; i] * W [j; i] + b [j]).
Definition difference (W : tensor A) : tensor A := tensor2
  (fun n j => linear W [n; j] - y [n; j]).
Definition power2 (W : tensor A) : tensor A := tensor2
  (fun n j => difference W [n; j] * difference W [n; j]).
Definition sum_axes (W : tensor A) : tensor A := tensor0
  (Σ n < P, Σ j < O, power2 W [n; j]).
Definition mse_loss (W : tensor A) : tensor A := tensor0
  ((over_O * over_P) * sum_axes W []).
Definition scaled (W : tensor A) : tensor A := tensor2
  (fun n j => (literal 2) * difference W [n; j]).
Definition quotient (W : tensor A) : tensor A := tensor2
  (fun n j => (over_O * over_P) * scaled W [n; j]).
Definition transpose (W : tensor A) : tensor A := tensor2
  (fun j n => quotient W [n; j]).
Definition closed_form (W : tensor A) : tensor A := tensor2
  (fun j i => Σ n < P, transpose W [j; n] * a [n; i]).
(* what changes to first order when W changes by e *)
Definition linear_change (W e : tensor A) : tensor A := tensor2
  (fun n j => Σ i < I, a [n; i] * e [j; i]).
Definition difference_change (W e : tensor A) : tensor A := tensor2
  (fun n j => linear_change W e [n; j]).
Definition power2_change (W e : tensor A) : tensor A := tensor2
  (fun n j => difference_change W e [n; j] * difference W [n; j] + difference W [n; j] * difference_change W e [n; j]).
Definition sum_axes_change (W e : tensor A) : tensor A := tensor0
  (Σ n < P, Σ j < O, power2_change W e [n; j]).
Definition mse_loss_change (W e : tensor A) : tensor A := tensor0
  ((over_O * over_P) * sum_axes_change W e []).

Lemma mse_loss_weight_change (W e : tensor A) :
  mse_loss_change W e []
  = Σ j < O, Σ i < I, closed_form W [j; i] * e [j; i].
Proof.
  open_up ltac:(unfold mse_loss_change, sum_axes_change, power2_change, difference_change, linear_change, closed_form, transpose, quotient, scaled, mse_loss, sum_axes, power2, difference, linear).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4; ?pleft5; ?pleft6] = values outermost [?pright1; ?pright2; ?pright3] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (left5 := pleft5); pose (left6 := pleft6); pose (right1 := pright1); pose (right2 := pright2); pose (right3 := pright3); change (values outermost [left1; left2; left3; left4; left5; left6] = values outermost [right1; right2; right3]) end.
  assert (same_left4 : value outermost left4 = 1 * value outermost left1).
  { same_sum left4 left1 1
      (fun n j i3 i4 => (n, (j, ((i4, tt), (i3, tt)))))%Z
      (fun n j i i2 => (n, (j, ((i2, tt), (i, tt)))))%Z.
    - intros n ?known j ?known i3 ?known i4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_O_law over_P_law]]).
    - intros n ?known j ?known i ?known i2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_right1 : value outermost right1 = (literal 2) * value outermost left1).
  { same_sum right1 left1 (literal 2)
      (fun j i n i2 => (n, (j, ((i, tt), (i2, tt)))))%Z
      (fun n j i i2 => (j, (i, ((n, ((i2, tt), tt)), tt))))%Z.
    - intros j ?known i ?known n ?known i2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_O_law over_P_law]]).
    - intros n ?known j ?known i ?known i2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left5 : value outermost left5 = 1 * value outermost left2).
  { same_sum left5 left2 1
      (fun n j i4 => (n, (j, ((i4, tt), tt))))%Z
      (fun n j i => (n, (j, (tt, (i, tt)))))%Z.
    - intros n ?known j ?known i4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_O_law over_P_law]]).
    - intros n ?known j ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_right2 : value outermost right2 = (literal 2) * value outermost left2).
  { same_sum right2 left2 (literal 2)
      (fun j i n => (n, (j, ((i, tt), tt))))%Z
      (fun n j i => (j, (i, ((n, (tt, tt)), tt))))%Z.
    - intros j ?known i ?known n ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_O_law over_P_law]]).
    - intros n ?known j ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left6 : value outermost left6 = 1 * value outermost left3).
  { same_sum left6 left3 1
      (fun n j i4 => (n, (j, ((i4, tt), tt))))%Z
      (fun n j i => (n, (j, (tt, (i, tt)))))%Z.
    - intros n ?known j ?known i4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_O_law over_P_law]]).
    - intros n ?known j ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_right3 : value outermost right3 = (literal 2) * value outermost left3).
  { same_sum right3 left3 (literal 2)
      (fun j i n => (n, (j, ((i, tt), tt))))%Z
      (fun n j i => (j, (i, ((n, (tt, tt)), tt))))%Z.
    - intros j ?known i ?known n ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_O_law over_P_law]]).
    - intros n ?known j ?known i ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left4, ?same_right1, ?same_left5, ?same_right2, ?same_left6, ?same_right3. numbers. ring [over_O_law over_P_law].
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma linear_moves (W e : tensor A) n j :
  linear (moved W ε e) [n; j]
  = linear W [n; j] + ε * linear_change W e [n; j].
Proof. unfold linear, linear_change. first_order ε_square ltac:(idtac). Qed.
Lemma difference_moves (W e : tensor A) n j :
  difference (moved W ε e) [n; j]
  = difference W [n; j] + ε * difference_change W e [n; j].
Proof. unfold difference, difference_change. first_order ε_square ltac:(rewrite ?linear_moves). Qed.
Lemma power2_moves (W e : tensor A) n j :
  power2 (moved W ε e) [n; j]
  = power2 W [n; j] + ε * power2_change W e [n; j].
Proof. unfold power2, power2_change. first_order ε_square ltac:(rewrite ?linear_moves; rewrite ?difference_moves). Qed.
Lemma sum_axes_moves (W e : tensor A) :
  sum_axes (moved W ε e) []
  = sum_axes W [] + ε * sum_axes_change W e [].
Proof. unfold sum_axes, sum_axes_change. first_order ε_square ltac:(rewrite ?linear_moves; rewrite ?difference_moves; rewrite ?power2_moves). Qed.
Lemma mse_loss_moves (W e : tensor A) :
  mse_loss (moved W ε e) []
  = mse_loss W [] + ε * mse_loss_change W e [].
Proof. unfold mse_loss, mse_loss_change. first_order ε_square ltac:(rewrite ?linear_moves; rewrite ?difference_moves; rewrite ?power2_moves; rewrite ?sum_axes_moves). Qed.
Theorem mse_loss_weight (W e : tensor A) :
  mse_loss (moved W ε e) []
  = (mse_loss W [])
    + ε * (Σ j < O, Σ i < I, closed_form W [j; i] * e [j; i]).
Proof.
  rewrite <- (mse_loss_weight_change W e).
  first_order ε_square ltac:(rewrite ?linear_moves; rewrite ?difference_moves; rewrite ?power2_moves; rewrite ?sum_axes_moves; rewrite ?mse_loss_moves).
Qed.
End certificate.
Print Assumptions mse_loss_weight.
