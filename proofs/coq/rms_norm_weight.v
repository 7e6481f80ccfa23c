(* rms_norm.weight: Scale of root-mean-square normalization
   ∂J/∂gamma = (delta * x / root_mean_square(x, (1,), epsilon)).sum(axis=0)
   For every C, N ≥ 1.
   rms_norm is linear in gamma: for every e, the sum of delta times rms_norm of e is that of the
   closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables C N : Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis N_least : (1 <= N)%Z.
Variables epsilon x delta : tensor A.
Variables inverse_root : A -> A.
Variable over_C : A.
Hypothesis over_C_law : integer C * over_C = 1.

Definition power2 : tensor A := tensor2
  (fun n c => x [n; c] * x [n; c]).
Definition sum_axes : tensor A := tensor2
  (fun n c_ => Σ c < C, power2 [n; c]).
Definition mean : tensor A := tensor2
  (fun n c_ => over_C * sum_axes [n; 0]%Z).
Definition added : tensor A := tensor2
  (fun n c_ => mean [n; 0]%Z + epsilon []).
Definition quotient : tensor A := tensor2
  (fun n c => x [n; c] * (pointwise inverse_root added [n; 0]%Z)).
Definition rms_norm (gamma : tensor A) : tensor A := tensor2
  (fun n c => gamma [c] * quotient [n; c]).
Definition scaled : tensor A := tensor2
  (fun n c => delta [n; c] * x [n; c]).
Definition quotient2 : tensor A := tensor2
  (fun n c => scaled [n; c] * (pointwise inverse_root added [n; 0]%Z)).
Definition closed_form : tensor A := tensor1
  (fun c => Σ n < N, quotient2 [n; c]).

Theorem rms_norm_weight (e : tensor A) :
  Σ n < N, Σ c < C, delta [n; c] * rms_norm e [n; c]
  = Σ c < C, closed_form [c] * e [c].
Proof.
  open_up ltac:(unfold closed_form, quotient2, scaled, rms_norm, quotient, added, mean, sum_axes, power2).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c => (c, ((n, tt), tt)))%Z
      (fun c n => (n, (c, tt)))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law]]).
    - intros c ?known n ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring [over_C_law].
Qed.
End certificate.
Print Assumptions rms_norm_weight.
