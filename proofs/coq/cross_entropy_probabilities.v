(* cross_entropy.probabilities: Error of the probabilities themselves
   ∂J/∂p = (-(y / p)) / N
   For every N, C ≥ 1.
   When p changes by e, the first-order change of the sum of nll_loss, by the chain rule, is that
   of the closed form times e. With log' = reciprocal, reciprocal' = -reciprocal². *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Variables y : tensor A.
Variables log reciprocal : A -> A.
Variable over_N : A.
Hypothesis over_N_law : integer N * over_N = 1.

Definition activation (p : tensor A) : tensor A := tensor2
  (fun n c => pointwise log p [n; c]).
Definition scaled (p : tensor A) : tensor A := tensor2
  (fun n c => y [n; c] * activation p [n; c]).
Definition sum_axes (p : tensor A) : tensor A := tensor0
  (Σ n < N, Σ c < C, scaled p [n; c]).
Definition scaled2 (p : tensor A) : tensor A := tensor0
  (- sum_axes p []).
Definition nll_loss (p : tensor A) : tensor A := tensor0
  (over_N * scaled2 p []).
Definition quotient (p : tensor A) : tensor A := tensor2
  (fun n c => y [n; c] * (pointwise reciprocal p [n; c])).
Definition scaled3 (p : tensor A) : tensor A := tensor2
  (fun n c => - quotient p [n; c]).
Definition closed_form (p : tensor A) : tensor A := tensor2
  (fun n c => over_N * scaled3 p [n; c]).
(* what changes to first order when p changes by e *)
Definition activation_change (p e : tensor A) : tensor A := tensor2
  (fun n c => pointwise reciprocal p [n; c] * e [n; c]).
Definition scaled_change (p e : tensor A) : tensor A := tensor2
  (fun n c => y [n; c] * activation_change p e [n; c]).
Definition sum_axes_change (p e : tensor A) : tensor A := tensor0
  (Σ n < N, Σ c < C, scaled_change p e [n; c]).
Definition scaled2_change (p e : tensor A) : tensor A := tensor0
  (- sum_axes_change p e []).
Definition nll_loss_change (p e : tensor A) : tensor A := tensor0
  (over_N * scaled2_change p e []).

Theorem cross_entropy_probabilities (p e : tensor A) :
  nll_loss_change p e []
  = Σ n < N, Σ c < C, closed_form p [n; c] * e [n; c].
Proof.
  open_up ltac:(unfold nll_loss_change, scaled2_change, sum_axes_change, scaled_change, activation_change, closed_form, scaled3, quotient, nll_loss, scaled2, sum_axes, scaled, activation).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c => (n, (c, tt)))%Z
      (fun n c => (n, (c, tt)))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law]]).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring [over_N_law].
Qed.
End certificate.
Print Assumptions cross_entropy_probabilities.
