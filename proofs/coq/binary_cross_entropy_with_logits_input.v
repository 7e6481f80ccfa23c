(* binary_cross_entropy_with_logits.input: Output error of binary cross-entropy with logits
   ∂J/∂z = (sigmoid(z) - y) / (N*I)
   For every N, I ≥ 1.
   When z changes by e, the first-order change of the sum of binary_cross_entropy_with_logits, by
   the chain rule, is that of the closed form times e. With softplus' = sigmoid, sigmoid' =
   sigmoid·(1 - sigmoid). *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N I : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis I_least : (1 <= I)%Z.
Variables y : tensor A.
Variables softplus sigmoid : A -> A.
Variable over_I : A.
Hypothesis over_I_law : integer I * over_I = 1.
Variable over_N : A.
Hypothesis over_N_law : integer N * over_N = 1.

Definition activation (z : tensor A) : tensor A := tensor2
  (fun n i => pointwise softplus z [n; i]).
Definition scaled (z : tensor A) : tensor A := tensor2
  (fun n i => y [n; i] * z [n; i]).
Definition difference (z : tensor A) : tensor A := tensor2
  (fun n i => activation z [n; i] - scaled z [n; i]).
Definition sum_axes (z : tensor A) : tensor A := tensor0
  (Σ n < N, Σ i < I, difference z [n; i]).
Definition binary_cross_entropy_with_logits (z : tensor A) : tensor A := tensor0
  ((over_I * over_N) * sum_axes z []).
Definition activation2 (z : tensor A) : tensor A := tensor2
  (fun n i => pointwise sigmoid z [n; i]).
Definition difference2 (z : tensor A) : tensor A := tensor2
  (fun n i => activation2 z [n; i] - y [n; i]).
Definition closed_form (z : tensor A) : tensor A := tensor2
  (fun n i => (over_I * over_N) * difference2 z [n; i]).
(* what changes to first order when z changes by e *)
Definition activation_change (z e : tensor A) : tensor A := tensor2
  (fun n i => pointwise sigmoid z [n; i] * e [n; i]).
Definition scaled_change (z e : tensor A) : tensor A := tensor2
  (fun n i => y [n; i] * e [n; i]).
Definition difference_change (z e : tensor A) : tensor A := tensor2
  (fun n i => activation_change z e [n; i] - scaled_change z e [n; i]).
Definition sum_axes_change (z e : tensor A) : tensor A := tensor0
  (Σ n < N, Σ i < I, difference_change z e [n; i]).
Definition binary_cross_entropy_with_logits_change (z e : tensor A) : tensor A := tensor0
  ((over_I * over_N) * sum_axes_change z e []).

Theorem binary_cross_entropy_with_logits_input (z e : tensor A) :
  binary_cross_entropy_with_logits_change z e []
  = Σ n < N, Σ i < I, closed_form z [n; i] * e [n; i].
Proof.
  open_up ltac:(unfold binary_cross_entropy_with_logits_change, sum_axes_change, difference_change, scaled_change, activation_change, closed_form, difference2, activation2, binary_cross_entropy_with_logits, sum_axes, difference, scaled, activation).
  match goal with |- values outermost [?pleft1; ?pleft2] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right2).
  { same_sum left2 right2 1
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_I_law over_N_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2. numbers. ring [over_I_law over_N_law].
Qed.
End certificate.
Print Assumptions binary_cross_entropy_with_logits_input.
