(* gelu_tanh.input: Through GELU by tanh
   ∂J/∂z = delta * ((1 + tanh([out[n, i] = 2·phi(0)·(z[n, i] + 8943/200000·z[n, i]^3)]) + z * (1 -
   tanh([out[n, i] = 2·phi(0)·(z[n, i] + 8943/200000·z[n, i]^3)])**2) * (2*phi(0) * (1 +
   26829/200000 * z**2))) / 2)
   For every N, I ≥ 1.
   When z changes by e, the first-order change of the sum of delta times gelu, by the chain rule,
   is that of the closed form times e. With phi'(x) = -x·phi(x), tanh' = 1 - tanh². *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N I : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis I_least : (1 <= I)%Z.
Variables delta : tensor A.
Variables phi tanh : A -> A.
Variable over_2 : A.
Hypothesis over_2_law : literal 2 * over_2 = 1.
Variable over_200000 : A.
Hypothesis over_200000_law : literal 200000 * over_200000 = 1.
Variable over_3 : A.
Hypothesis over_3_law : literal 3 * over_3 = 1.

Definition quotient (z : tensor A) : tensor A := tensor2
  (fun n i => over_2 * z [n; i]).
Definition argument : tensor A := tensor0
  (0).
Definition t (z : tensor A) : tensor A := tensor2
  (fun n i => (literal 2) * pointwise phi argument [] * (z [n; i] + (literal 8943 * over_200000) * (z [n; i] * z [n; i] * z [n; i]))).
Definition activation (z : tensor A) : tensor A := tensor2
  (fun n i => pointwise tanh (t z) [n; i]).
Definition added (z : tensor A) : tensor A := tensor2
  (fun n i => 1 + activation z [n; i]).
Definition gelu (z : tensor A) : tensor A := tensor2
  (fun n i => quotient z [n; i] * added z [n; i]).
Definition power2 (z : tensor A) : tensor A := tensor2
  (fun n i => activation z [n; i] * activation z [n; i]).
Definition difference (z : tensor A) : tensor A := tensor2
  (fun n i => 1 - power2 z [n; i]).
Definition scaled (z : tensor A) : tensor A := tensor2
  (fun n i => z [n; i] * difference z [n; i]).
Definition power3 (z : tensor A) : tensor A := tensor2
  (fun n i => z [n; i] * z [n; i]).
Definition scaled2 (z : tensor A) : tensor A := tensor2
  (fun n i => (literal 26829 * over_200000) * power3 z [n; i]).
Definition added2 (z : tensor A) : tensor A := tensor2
  (fun n i => 1 + scaled2 z [n; i]).
Definition scaled3 (z : tensor A) : tensor A := tensor2
  (fun n i => (literal 2) * pointwise phi argument [] * added2 z [n; i]).
Definition scaled4 (z : tensor A) : tensor A := tensor2
  (fun n i => scaled z [n; i] * scaled3 z [n; i]).
Definition added3 (z : tensor A) : tensor A := tensor2
  (fun n i => added z [n; i] + scaled4 z [n; i]).
Definition quotient2 (z : tensor A) : tensor A := tensor2
  (fun n i => over_2 * added3 z [n; i]).
Definition closed_form (z : tensor A) : tensor A := tensor2
  (fun n i => delta [n; i] * quotient2 z [n; i]).
(* what changes to first order when z changes by e *)
Definition quotient_change (z e : tensor A) : tensor A := tensor2
  (fun n i => over_2 * e [n; i]).
Definition t_change (z e : tensor A) : tensor A := tensor2
  (fun n i => (literal 2) * pointwise phi argument [] * (e [n; i] + (literal 8943 * over_200000) * (e [n; i] * z [n; i] * z [n; i] + z [n; i] * e [n; i] * z [n; i] + z [n; i] * z [n; i] * e [n; i]))).
Definition activation_change (z e : tensor A) : tensor A := tensor2
  (fun n i => (1 - pointwise tanh (t z) [n; i] * pointwise tanh (t z) [n; i]) * t_change z e [n; i]).
Definition added_change (z e : tensor A) : tensor A := tensor2
  (fun n i => activation_change z e [n; i]).
Definition gelu_change (z e : tensor A) : tensor A := tensor2
  (fun n i => quotient_change z e [n; i] * added z [n; i] + quotient z [n; i] * added_change z e [n; i]).

Theorem gelu_tanh_input (z e : tensor A) :
  Σ n < N, Σ i < I, delta [n; i] * gelu_change z e [n; i]
  = Σ n < N, Σ i < I, closed_form z [n; i] * e [n; i].
Proof.
  assert (over_2_quotient : over_2 = literal 100000 * over_200000) by (apply (reciprocal_of_multiple (literal 2) (literal 200000)); [numbers; ring|assumption|assumption]).
  open_up ltac:(unfold gelu_change, added_change, activation_change, t_change, quotient_change, closed_form, quotient2, added3, scaled4, scaled3, added2, scaled2, power3, scaled, difference, power2, gelu, added, activation, t, argument, quotient).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4; ?pleft5; ?pleft6; ?pleft7; ?pleft8; ?pleft9; ?pleft10] = values outermost [?pright1; ?pright2; ?pright3; ?pright4; ?pright5; ?pright6] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (left5 := pleft5); pose (left6 := pleft6); pose (left7 := pleft7); pose (left8 := pleft8); pose (left9 := pleft9); pose (left10 := pleft10); pose (right1 := pright1); pose (right2 := pright2); pose (right3 := pright3); pose (right4 := pright4); pose (right5 := pright5); pose (right6 := pright6); change (values outermost [left1; left2; left3; left4; left5; left6; left7; left8; left9; left10] = values outermost [right1; right2; right3; right4; right5; right6]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_quotient over_2_law over_200000_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right2).
  { same_sum left2 right2 1
      (fun n i => (n, (i, (tt, tt))))%Z
      (fun n i => (n, (i, tt)))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_quotient over_2_law over_200000_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = 1 * value outermost right3).
  { same_sum left3 right3 1
      (fun n i => (n, (i, ((tt, tt), tt))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_quotient over_2_law over_200000_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = over_3 * value outermost right4).
  { same_sum left4 right4 over_3
      (fun n i => (n, (i, ((tt, tt), tt))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_quotient over_2_law over_200000_law over_3_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left5 : value outermost left5 = over_3 * value outermost right4).
  { same_sum left5 right4 over_3
      (fun n i => (n, (i, ((tt, tt), tt))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_quotient over_2_law over_200000_law over_3_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left6 : value outermost left6 = over_3 * value outermost right4).
  { same_sum left6 right4 over_3
      (fun n i => (n, (i, ((tt, tt), tt))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_quotient over_2_law over_200000_law over_3_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left7 : value outermost left7 = 1 * value outermost right5).
  { same_sum left7 right5 1
      (fun n i => (n, (i, ((tt, tt), tt))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_quotient over_2_law over_200000_law over_3_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left8 : value outermost left8 = over_3 * value outermost right6).
  { same_sum left8 right6 over_3
      (fun n i => (n, (i, ((tt, tt), tt))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_quotient over_2_law over_200000_law over_3_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left9 : value outermost left9 = over_3 * value outermost right6).
  { same_sum left9 right6 over_3
      (fun n i => (n, (i, ((tt, tt), tt))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_quotient over_2_law over_200000_law over_3_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left10 : value outermost left10 = over_3 * value outermost right6).
  { same_sum left10 right6 over_3
      (fun n i => (n, (i, ((tt, tt), tt))))%Z
      (fun n i => (n, (i, (tt, tt))))%Z.
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_quotient over_2_law over_200000_law over_3_law]]).
    - intros n ?known i ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2, ?same_left3, ?same_left4, ?same_left5, ?same_left6, ?same_left7, ?same_left8, ?same_left9, ?same_left10. numbers. ring [over_2_quotient over_2_law over_200000_law over_3_law].
Qed.
End certificate.
Print Assumptions gelu_tanh_input.
