(* nll_loss.input: Error of log-probabilities
   ∂J/∂a = (-y) / N
   For every N, C ≥ 1.
   nll_loss is linear in a: for every e, the sum of nll_loss of e is that of the closed form times
   e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Variables y : tensor A.
Variable over_N : A.
Hypothesis over_N_law : integer N * over_N = 1.

Definition scaled (a : tensor A) : tensor A := tensor2
  (fun n c => y [n; c] * a [n; c]).
Definition sum_axes (a : tensor A) : tensor A := tensor0
  (Σ n < N, Σ c < C, scaled a [n; c]).
Definition scaled2 (a : tensor A) : tensor A := tensor0
  (- sum_axes a []).
Definition nll_loss (a : tensor A) : tensor A := tensor0
  (over_N * scaled2 a []).
Definition scaled3 : tensor A := tensor2
  (fun n c => - y [n; c]).
Definition closed_form : tensor A := tensor2
  (fun n c => over_N * scaled3 [n; c]).

Theorem nll_loss_input (e : tensor A) :
  nll_loss e []
  = Σ n < N, Σ c < C, closed_form [n; c] * e [n; c].
Proof.
  open_up ltac:(unfold closed_form, scaled3, nll_loss, scaled2, sum_axes, scaled).
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
Print Assumptions nll_loss_input.
