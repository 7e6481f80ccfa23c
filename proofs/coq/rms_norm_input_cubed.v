(* rms_norm.input_cubed: Through root-mean-square normalization, written with the cube of the root
   ∂J/∂x = gamma * delta / root_mean_square(x, (1,), epsilon) - x * (gamma * delta * x).sum(axis=1,
   keepdims=True) / (C * root_mean_square(x, (1,), epsilon)**3)
   For every C, N ≥ 1.
   When x changes by e, the first-order change of the sum of delta times rms_norm, by the chain
   rule, is that of the closed form times e. With inverse_root' = -½·inverse_root³. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables C N : Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis N_least : (1 <= N)%Z.
Variables epsilon gamma delta : tensor A.
Variables inverse_root : A -> A.
Variable over_C : A.
Hypothesis over_C_law : integer C * over_C = 1.
Variable over_2 : A.
Hypothesis over_2_law : literal 2 * over_2 = 1.

Definition power2 (x : tensor A) : tensor A := tensor2
  (fun n c => x [n; c] * x [n; c]).
Definition sum_axes (x : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, power2 x [n; c]).
Definition mean (x : tensor A) : tensor A := tensor2
  (fun n c_ => over_C * sum_axes x [n; 0]%Z).
Definition added (x : tensor A) : tensor A := tensor2
  (fun n c_ => mean x [n; 0]%Z + epsilon []).
Definition quotient (x : tensor A) : tensor A := tensor2
  (fun n c => x [n; c] * (pointwise inverse_root (added x) [n; 0]%Z)).
Definition rms_norm (x : tensor A) : tensor A := tensor2
  (fun n c => gamma [c] * quotient x [n; c]).
Definition scaled : tensor A := tensor2
  (fun n c => gamma [c] * delta [n; c]).
Definition quotient2 (x : tensor A) : tensor A := tensor2
  (fun n c => scaled [n; c] * (pointwise inverse_root (added x) [n; 0]%Z)).
Definition scaled2 (x : tensor A) : tensor A := tensor2
  (fun n c => scaled [n; c] * x [n; c]).
Definition sum_axes2 (x : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, scaled2 x [n; c]).
Definition scaled3 (x : tensor A) : tensor A := tensor2
  (fun n c => x [n; c] * sum_axes2 x [n; 0]%Z).
Definition quotient3 (x : tensor A) : tensor A := tensor2
  (fun n c => scaled3 x [n; c] * (over_C * (pointwise inverse_root (added x) [n; 0]%Z * pointwise inverse_root (added x) [n; 0]%Z * pointwise inverse_root (added x) [n; 0]%Z))).
Definition closed_form (x : tensor A) : tensor A := tensor2
  (fun n c => quotient2 x [n; c] - quotient3 x [n; c]).
(* what changes to first order when x changes by e *)
Definition power2_change (x e : tensor A) : tensor A := tensor2
  (fun n c => e [n; c] * x [n; c] + x [n; c] * e [n; c]).
Definition sum_axes_change (x e : tensor A) : tensor A := tensor2
  (fun n c_ => Σ c < C, power2_change x e [n; c]).
Definition mean_change (x e : tensor A) : tensor A := tensor2
  (fun n c_ => over_C * sum_axes_change x e [n; 0]%Z).
Definition added_change (x e : tensor A) : tensor A := tensor2
  (fun n c_ => mean_change x e [n; 0]%Z).
Definition quotient_change (x e : tensor A) : tensor A := tensor2
  (fun n c => e [n; c] * (pointwise inverse_root (added x) [n; 0]%Z) + x [n; c] * ((- (over_2 * pointwise inverse_root (added x) [n; 0]%Z * pointwise inverse_root (added x) [n; 0]%Z * pointwise inverse_root (added x) [n; 0]%Z)) * added_change x e [n; 0]%Z)).
Definition rms_norm_change (x e : tensor A) : tensor A := tensor2
  (fun n c => gamma [c] * quotient_change x e [n; c]).

Theorem rms_norm_input_cubed (x e : tensor A) :
  Σ n < N, Σ c < C, delta [n; c] * rms_norm_change x e [n; c]
  = Σ n < N, Σ c < C, closed_form x [n; c] * e [n; c].
Proof.
  open_up ltac:(unfold rms_norm_change, quotient_change, added_change, mean_change, sum_axes_change, power2_change, closed_form, quotient3, scaled3, sum_axes2, scaled2, quotient2, scaled, rms_norm, quotient, added, mean, sum_axes, power2).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2; left3] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c => (n, (c, (tt, tt))))%Z
      (fun n c => (n, (c, tt)))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = over_2 * value outermost right2).
  { same_sum left2 right2 over_2
      (fun n c c2 => (n, (c2, (((c, tt), tt), tt))))%Z
      (fun n c c2 => (n, (c2, (c, tt))))%Z.
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = over_2 * value outermost right2).
  { same_sum left3 right2 over_2
      (fun n c c2 => (n, (c2, (((c, tt), tt), tt))))%Z
      (fun n c c2 => (n, (c2, (c, tt))))%Z.
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2, ?same_left3. numbers. ring [over_C_law over_2_law].
Qed.
End certificate.
Print Assumptions rms_norm_input_cubed.
