(* cross_entropy.after_log: Output error of softmax with the logarithm taken of its output
   ∂J/∂z = (softmax(z) - y) / N
   For every N, C ≥ 1.
   When z changes by e, the first-order change of the sum of nll_loss, by the chain rule, is that
   of the closed form times e. With reciprocal' = -reciprocal², exp' = exp, log' = reciprocal. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Variables y : tensor A.
Variables reciprocal exp log : A -> A.
Variable over_N : A.
Hypothesis over_N_law : integer N * over_N = 1.

Definition activation (z : tensor A) : tensor A := tensor2
  (fun n c => pointwise exp z [n; c]).
Definition sum_axes (z : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, activation z [n; c]).
Definition softmax (z : tensor A) : tensor A := tensor2
  (fun n c => activation z [n; c] * (pointwise reciprocal (sum_axes z) [n; 0]%Z)).
Definition activation2 (z : tensor A) : tensor A := tensor2
  (fun n c => pointwise log (softmax z) [n; c]).
Definition scaled (z : tensor A) : tensor A := tensor2
  (fun n c => y [n; c] * activation2 z [n; c]).
Definition sum_axes2 (z : tensor A) : tensor A := tensor0
  (Σ n < N, Σ c < C, scaled z [n; c]).
Definition scaled2 (z : tensor A) : tensor A := tensor0
  (- sum_axes2 z []).
Definition nll_loss (z : tensor A) : tensor A := tensor0
  (over_N * scaled2 z []).
Definition difference (z : tensor A) : tensor A := tensor2
  (fun n c => softmax z [n; c] - y [n; c]).
Definition closed_form (z : tensor A) : tensor A := tensor2
  (fun n c => over_N * difference z [n; c]).
(* what changes to first order when z changes by e *)
Definition activation_change (z e : tensor A) : tensor A := tensor2
  (fun n c => pointwise exp z [n; c] * e [n; c]).
Definition sum_axes_change (z e : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, activation_change z e [n; c]).
Definition softmax_change (z e : tensor A) : tensor A := tensor2
  (fun n c => activation_change z e [n; c] * (pointwise reciprocal (sum_axes z) [n; 0]%Z) + activation z [n; c] * ((- (pointwise reciprocal (sum_axes z) [n; 0]%Z * pointwise reciprocal (sum_axes z) [n; 0]%Z)) * sum_axes_change z e [n; 0]%Z)).
Definition activation2_change (z e : tensor A) : tensor A := tensor2
  (fun n c => pointwise reciprocal (softmax z) [n; c] * softmax_change z e [n; c]).
Definition scaled_change (z e : tensor A) : tensor A := tensor2
  (fun n c => y [n; c] * activation2_change z e [n; c]).
Definition sum_axes2_change (z e : tensor A) : tensor A := tensor0
  (Σ n < N, Σ c < C, scaled_change z e [n; c]).
Definition scaled2_change (z e : tensor A) : tensor A := tensor0
  (- sum_axes2_change z e []).
Definition nll_loss_change (z e : tensor A) : tensor A := tensor0
  (over_N * scaled2_change z e []).

Theorem cross_entropy_after_log (z e : tensor A) :
  (forall j0, (0 <= j0 < N)%Z -> Σ k1 < C, y [j0; k1] = 1) ->
  (forall n c, (0 <= n < N)%Z -> (0 <= c < C)%Z -> softmax z [n; c] * pointwise reciprocal (softmax z) [n; c] = 1) ->
  nll_loss_change z e []
  = Σ n < N, Σ c < C, closed_form z [n; c] * e [n; c].
Proof.
  intros known_hypothesis_0 known_cancel_softmax.
  apply (adding (Σ n < N, Σ c < C, over_N * y [n; c] * e [n; c] * (softmax z [n; c] * pointwise reciprocal (softmax z) [n; c] - 1))).
  { vanishing_over n. vanishing_over c. vanishing. apply (known_cancel_softmax (n)%Z (c)%Z); lia. }
  apply (adding (Σ n < N, Σ c < C, Σ c2 < C, - (over_N * y [n; c] * pointwise reciprocal (sum_axes z) [n; 0]%Z * pointwise exp z [n; c2] * e [n; c2] * (softmax z [n; c] * pointwise reciprocal (softmax z) [n; c] - 1)))).
  { vanishing_over n. vanishing_over c. vanishing_over c2. vanishing. apply (known_cancel_softmax (n)%Z (c)%Z); lia. }
  apply (adding (Σ n < N, Σ c2 < C, - (over_N * pointwise reciprocal (sum_axes z) [n; 0]%Z * pointwise exp z [n; c2] * e [n; c2] * (Σ k1 < C, y [n; k1] - 1)))).
  { vanishing_over n. vanishing_over c2. vanishing. apply (known_hypothesis_0 (n)%Z); lia. }
  open_up ltac:(unfold nll_loss_change, scaled2_change, sum_axes2_change, scaled_change, activation2_change, softmax_change, sum_axes_change, activation_change, closed_form, difference, nll_loss, scaled2, sum_axes2, scaled, activation2, softmax, sum_axes, activation).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4; ?pleft5; ?pleft6; ?pleft7; ?pleft8] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (left5 := pleft5); pose (left6 := pleft6); pose (left7 := pleft7); pose (left8 := pleft8); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2; left3; left4; left5; left6; left7; left8] = values outermost [right1; right2]) end.
  assert (same_left3 : value outermost left3 = ((- (1))) * value outermost left1).
  { same_sum left3 left1 ((- (1)))
      (fun n c => (n, (c, tt)))%Z
      (fun n c => (n, (c, tt)))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law]]).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left5 : value outermost left5 = ((- (1))) * value outermost left2).
  { same_sum left5 left2 ((- (1)))
      (fun n c c2 => (n, (c, (c2, tt))))%Z
      (fun n c c2 => (n, (c, (c2, tt))))%Z.
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law]]).
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left8 : value outermost left8 = 1 * value outermost right1).
  { same_sum left8 right1 1
      (fun n c2 => (n, (c2, (tt, tt))))%Z
      (fun n c => (n, (c, tt)))%Z.
    - intros n ?known c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law]]).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = 1 * value outermost right2).
  { same_sum left4 right2 1
      (fun n c => (n, (c, (tt, tt))))%Z
      (fun n c => (n, (c, tt)))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law]]).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left7 : value outermost left7 = ((- (1))) * value outermost left6).
  { same_sum left7 left6 ((- (1)))
      (fun n c2 k1 => (n, (k1, (c2, tt))))%Z
      (fun n c c2 => (n, (c2, (c, tt))))%Z.
    - intros n ?known c2 ?known k1 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law]]).
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left3, ?same_left5, ?same_left8, ?same_left4, ?same_left7. numbers. ring [over_N_law].
Qed.
End certificate.
Print Assumptions cross_entropy_after_log.
