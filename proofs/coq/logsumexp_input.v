(* logsumexp.input: Through the logarithm of a sum of exponentials
   ∂J/∂z = delta * softmax(z)
   For every N, C ≥ 1.
   When z changes by e, the first-order change of the sum of delta times logsumexp, by the chain
   rule, is that of the closed form times e. With exp' = exp, log' = reciprocal, reciprocal' =
   -reciprocal². *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Variables delta : tensor A.
Variables exp log reciprocal : A -> A.

Definition activation (z : tensor A) : tensor A := tensor2
  (fun n c => pointwise exp z [n; c]).
Definition sum_axes (z : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, activation z [n; c]).
Definition logsumexp (z : tensor A) : tensor A := tensor2
  (fun n c_ => pointwise log (sum_axes z) [n; c_]).
Definition softmax (z : tensor A) : tensor A := tensor2
  (fun n c => activation z [n; c] * (pointwise reciprocal (sum_axes z) [n; 0]%Z)).
Definition closed_form (z : tensor A) : tensor A := tensor2
  (fun n i => delta [n; 0]%Z * softmax z [n; i]).
(* what changes to first order when z changes by e *)
Definition activation_change (z e : tensor A) : tensor A := tensor2
  (fun n c => pointwise exp z [n; c] * e [n; c]).
Definition sum_axes_change (z e : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, activation_change z e [n; c]).
Definition logsumexp_change (z e : tensor A) : tensor A := tensor2
  (fun n c_ => pointwise reciprocal (sum_axes z) [n; c_] * sum_axes_change z e [n; c_]).

Theorem logsumexp_input (z e : tensor A) :
  Σ n < N, Σ c_ < 1, delta [n; c_] * logsumexp_change z e [n; c_]
  = Σ n < N, Σ i < C, closed_form z [n; i] * e [n; i].
Proof.
  open_up ltac:(unfold logsumexp_change, sum_axes_change, activation_change, closed_form, softmax, logsumexp, sum_axes, activation).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c_ c => (n, (c, tt)))%Z
      (fun n i => (n, (0, (i, tt))))%Z.
    - intros n ?known c_ ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions logsumexp_input.
