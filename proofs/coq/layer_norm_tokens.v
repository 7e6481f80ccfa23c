(* layer_norm.tokens: Through layer normalization of the tokens of a sequence
   ∂J/∂x = (C * (gamma * delta) - (gamma * delta).sum(axis=(2,), keepdims=True) - normalized(x,
   (2,), epsilon) * (gamma * delta * normalized(x, (2,), epsilon)).sum(axis=(2,), keepdims=True)) /
   (C * deviation(x, (2,), epsilon))
   For every C, N, T ≥ 1.
   When x changes by e, the first-order change of the sum of delta times layer_norm, by the chain
   rule, is that of the closed form times e. With inverse_root' = -½·inverse_root³. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables C N T : Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis T_least : (1 <= T)%Z.
Variables beta epsilon gamma delta : tensor A.
Variables inverse_root : A -> A.
Variable over_C : A.
Hypothesis over_C_law : integer C * over_C = 1.
Variable over_2 : A.
Hypothesis over_2_law : literal 2 * over_2 = 1.

Definition sum_axes (x : tensor A) : tensor A := tensor3
  (fun n t c_ => Σ c < C, x [n; t; c]).
Definition mean (x : tensor A) : tensor A := tensor3
  (fun n t c_ => over_C * sum_axes x [n; t; 0]%Z).
Definition difference (x : tensor A) : tensor A := tensor3
  (fun n t c => x [n; t; c] - mean x [n; t; 0]%Z).
Definition power2 (x : tensor A) : tensor A := tensor3
  (fun n t c => difference x [n; t; c] * difference x [n; t; c]).
Definition sum_axes2 (x : tensor A) : tensor A := tensor3
  (fun n t c_ => Σ c < C, power2 x [n; t; c]).
Definition variance (x : tensor A) : tensor A := tensor3
  (fun n t c_ => over_C * sum_axes2 x [n; t; 0]%Z).
Definition added (x : tensor A) : tensor A := tensor3
  (fun n t c_ => variance x [n; t; 0]%Z + epsilon []).
Definition normalized (x : tensor A) : tensor A := tensor3
  (fun n t c => difference x [n; t; c] * (pointwise inverse_root (added x) [n; t; 0]%Z)).
Definition scaled (x : tensor A) : tensor A := tensor3
  (fun n t c => gamma [c] * normalized x [n; t; c]).
Definition layer_norm (x : tensor A) : tensor A := tensor3
  (fun n t c => scaled x [n; t; c] + beta [c]).
Definition scaled2 : tensor A := tensor3
  (fun n t c => gamma [c] * delta [n; t; c]).
Definition scaled3 : tensor A := tensor3
  (fun n t c => (integer C) * scaled2 [n; t; c]).
Definition sum_axes3 : tensor A := tensor3
  (fun n t c_ => Σ c < C, scaled2 [n; t; c]).
Definition difference2 : tensor A := tensor3
  (fun n t c => scaled3 [n; t; c] - sum_axes3 [n; t; 0]%Z).
Definition scaled4 (x : tensor A) : tensor A := tensor3
  (fun n t c => scaled2 [n; t; c] * normalized x [n; t; c]).
Definition sum_axes4 (x : tensor A) : tensor A := tensor3
  (fun n t c_ => Σ c < C, scaled4 x [n; t; c]).
Definition scaled5 (x : tensor A) : tensor A := tensor3
  (fun n t c => normalized x [n; t; c] * sum_axes4 x [n; t; 0]%Z).
Definition difference3 (x : tensor A) : tensor A := tensor3
  (fun n t c => difference2 [n; t; c] - scaled5 x [n; t; c]).
Definition closed_form (x : tensor A) : tensor A := tensor3
  (fun n t c => difference3 x [n; t; c] * (over_C * (pointwise inverse_root (added x) [n; t; 0]%Z))).
(* what changes to first order when x changes by e *)
Definition sum_axes_change (x e : tensor A) : tensor A := tensor3
  (fun n t c_ => Σ c < C, e [n; t; c]).
Definition mean_change (x e : tensor A) : tensor A := tensor3
  (fun n t c_ => over_C * sum_axes_change x e [n; t; 0]%Z).
Definition difference_change (x e : tensor A) : tensor A := tensor3
  (fun n t c => e [n; t; c] - mean_change x e [n; t; 0]%Z).
Definition power2_change (x e : tensor A) : tensor A := tensor3
  (fun n t c => difference_change x e [n; t; c] * difference x [n; t; c] + difference x [n; t; c] * difference_change x e [n; t; c]).
Definition sum_axes2_change (x e : tensor A) : tensor A := tensor3
  (fun n t c_ => Σ c < C, power2_change x e [n; t; c]).
Definition variance_change (x e : tensor A) : tensor A := tensor3
  (fun n t c_ => over_C * sum_axes2_change x e [n; t; 0]%Z).
Definition added_change (x e : tensor A) : tensor A := tensor3
  (fun n t c_ => variance_change x e [n; t; 0]%Z).
Definition normalized_change (x e : tensor A) : tensor A := tensor3
  (fun n t c => difference_change x e [n; t; c] * (pointwise inverse_root (added x) [n; t; 0]%Z) + difference x [n; t; c] * ((- (over_2 * pointwise inverse_root (added x) [n; t; 0]%Z * pointwise inverse_root (added x) [n; t; 0]%Z * pointwise inverse_root (added x) [n; t; 0]%Z)) * added_change x e [n; t; 0]%Z)).
Definition scaled_change (x e : tensor A) : tensor A := tensor3
  (fun n t c => gamma [c] * normalized_change x e [n; t; c]).
Definition layer_norm_change (x e : tensor A) : tensor A := tensor3
  (fun n t c => scaled_change x e [n; t; c]).

Theorem layer_norm_tokens (x e : tensor A) :
  Σ n < N, Σ t < T, Σ c < C, delta [n; t; c] * layer_norm_change x e [n; t; c]
  = Σ n < N, Σ t < T, Σ c < C, closed_form x [n; t; c] * e [n; t; c].
Proof.
  apply (adding (Σ n < N, Σ t < T, Σ c < C, Σ c5 < C, Σ c6 < C, (over_C * over_C * over_C) * delta [n; t; c] * gamma [c] * x [n; t; c] * pointwise inverse_root (added x) [n; t; 0]%Z * pointwise inverse_root (added x) [n; t; 0]%Z * pointwise inverse_root (added x) [n; t; 0]%Z * e [n; t; c5] * x [n; t; c6] * (Σ k0 < C, 1 - (integer C)))).
  { vanishing_over n. vanishing_over t. vanishing_over c. vanishing_over c5. vanishing_over c6. vanishing. count_ranges. }
  apply (adding (Σ n < N, Σ t < T, Σ c < C, Σ c3 < C, Σ c5 < C, Σ c6 < C, - ((over_C * over_C * over_C * over_C) * delta [n; t; c] * gamma [c] * x [n; t; c3] * pointwise inverse_root (added x) [n; t; 0]%Z * pointwise inverse_root (added x) [n; t; 0]%Z * pointwise inverse_root (added x) [n; t; 0]%Z * e [n; t; c5] * x [n; t; c6] * (Σ k0 < C, 1 - (integer C))))).
  { vanishing_over n. vanishing_over t. vanishing_over c. vanishing_over c3. vanishing_over c5. vanishing_over c6. vanishing. count_ranges. }
  open_up ltac:(unfold layer_norm_change, scaled_change, normalized_change, added_change, variance_change, sum_axes2_change, power2_change, difference_change, mean_change, sum_axes_change, closed_form, difference3, scaled5, sum_axes4, scaled4, difference2, sum_axes3, scaled3, scaled2, layer_norm, scaled, normalized, added, variance, sum_axes2, power2, difference, mean, sum_axes).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4; ?pleft5; ?pleft6; ?pleft7; ?pleft8; ?pleft9; ?pleft10; ?pleft11; ?pleft12; ?pleft13; ?pleft14; ?pleft15; ?pleft16; ?pleft17; ?pleft18; ?pleft19; ?pleft20; ?pleft21; ?pleft22] = values outermost [?pright1; ?pright2; ?pright3; ?pright4; ?pright5; ?pright6] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (left5 := pleft5); pose (left6 := pleft6); pose (left7 := pleft7); pose (left8 := pleft8); pose (left9 := pleft9); pose (left10 := pleft10); pose (left11 := pleft11); pose (left12 := pleft12); pose (left13 := pleft13); pose (left14 := pleft14); pose (left15 := pleft15); pose (left16 := pleft16); pose (left17 := pleft17); pose (left18 := pleft18); pose (left19 := pleft19); pose (left20 := pleft20); pose (left21 := pleft21); pose (left22 := pleft22); pose (right1 := pright1); pose (right2 := pright2); pose (right3 := pright3); pose (right4 := pright4); pose (right5 := pright5); pose (right6 := pright6); change (values outermost [left1; left2; left3; left4; left5; left6; left7; left8; left9; left10; left11; left12; left13; left14; left15; left16; left17; left18; left19; left20; left21; left22] = values outermost [right1; right2; right3; right4; right5; right6]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n t c => (n, (t, (c, ((tt, tt), tt)))))%Z
      (fun n t c => (n, (t, (c, (tt, tt)))))%Z.
    - intros n ?known t ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right2).
  { same_sum left2 right2 1
      (fun n t c c2 => (n, (t, (c2, (((c, tt), tt), tt)))))%Z
      (fun n t c c2 => (n, (t, (c2, ((c, tt), tt)))))%Z.
    - intros n ?known t ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = over_2 * value outermost right3).
  { same_sum left3 right3 over_2
      (fun n t c c4 => (n, (t, (c4, ((((tt, tt), (c, (tt, tt))), tt), tt)))))%Z
      (fun n t c c4 => (n, (t, (c4, (tt, (c, (tt, tt)))))))%Z.
    - intros n ?known t ?known c ?known c4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known c4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left7 : value outermost left7 = over_2 * value outermost right3).
  { same_sum left7 right3 over_2
      (fun n t c c4 => (n, (t, (c4, ((((tt, tt), (c, (tt, tt))), tt), tt)))))%Z
      (fun n t c c4 => (n, (t, (c4, (tt, (c, (tt, tt)))))))%Z.
    - intros n ?known t ?known c ?known c4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known c4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left11 : value outermost left11 = over_2 * value outermost right4).
  { same_sum left11 right4 over_2
      (fun n t c c3 c4 => (n, (t, (c4, ((((tt, tt), (c, ((c3, tt), tt))), tt), tt)))))%Z
      (fun n t c c4 c5 => (n, (t, (c4, ((c5, tt), (c, (tt, tt)))))))%Z.
    - intros n ?known t ?known c ?known c3 ?known c4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known c4 ?known c5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left15 : value outermost left15 = over_2 * value outermost right4).
  { same_sum left15 right4 over_2
      (fun n t c c3 c4 => (n, (t, (c4, ((((tt, tt), (c, ((c3, tt), tt))), tt), tt)))))%Z
      (fun n t c c4 c5 => (n, (t, (c4, ((c5, tt), (c, (tt, tt)))))))%Z.
    - intros n ?known t ?known c ?known c3 ?known c4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known c4 ?known c5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left20 : value outermost left20 = ((- (1))) * value outermost right5).
  { same_sum left20 right5 ((- (1)))
      (fun n t c c5 c6 => (n, (t, (c5, (((((c6, tt), tt), (c, (tt, tt))), tt), tt)))))%Z
      (fun n t c c3 c4 => (n, (t, (c4, (c, (c3, tt))))))%Z.
    - intros n ?known t ?known c ?known c5 ?known c6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known c3 ?known c4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = over_2 * value outermost right5).
  { same_sum left4 right5 over_2
      (fun n t c c4 c6 => (n, (t, (c4, (((((c6, tt), tt), (c, (tt, tt))), tt), tt)))))%Z
      (fun n t c c3 c4 => (n, (t, (c4, (tt, (c, (tt, (c3, tt))))))))%Z.
    - intros n ?known t ?known c ?known c4 ?known c6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known c3 ?known c4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left5 : value outermost left5 = over_2 * value outermost right5).
  { same_sum left5 right5 over_2
      (fun n t c c4 c5 => (n, (t, (c5, (((((c4, tt), tt), (c, (tt, tt))), tt), tt)))))%Z
      (fun n t c c3 c4 => (n, (t, (c4, (tt, (c3, ((c, tt), tt)))))))%Z.
    - intros n ?known t ?known c ?known c4 ?known c5 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known c3 ?known c4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left8 : value outermost left8 = over_2 * value outermost right5).
  { same_sum left8 right5 over_2
      (fun n t c c4 c8 => (n, (t, (c8, (((((c4, tt), tt), (c, (tt, tt))), tt), tt)))))%Z
      (fun n t c c3 c4 => (n, (t, (c4, (tt, (c3, (tt, (c, tt))))))))%Z.
    - intros n ?known t ?known c ?known c4 ?known c8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known c3 ?known c4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left9 : value outermost left9 = over_2 * value outermost right5).
  { same_sum left9 right5 over_2
      (fun n t c c4 c7 => (n, (t, (c4, (((((c7, tt), tt), (c, (tt, tt))), tt), tt)))))%Z
      (fun n t c c3 c4 => (n, (t, (c4, (tt, (c, ((c3, tt), tt)))))))%Z.
    - intros n ?known t ?known c ?known c4 ?known c7 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known c3 ?known c4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left6 : value outermost left6 = ((- over_2)) * value outermost left19).
  { same_sum left6 left19 ((- over_2))
      (fun n t c c4 c5 c6 => (n, (t, (c, (c5, (c6, (c4, tt)))))))%Z
      (fun n t c c5 c6 k0 => (n, (t, (c, (tt, (k0, ((c5, tt), (c6, tt))))))))%Z.
    - intros n ?known t ?known c ?known c4 ?known c5 ?known c6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known c5 ?known c6 ?known k0 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left10 : value outermost left10 = ((- over_2)) * value outermost left19).
  { same_sum left10 left19 ((- over_2))
      (fun n t c c4 c7 c8 => (n, (t, (c, (c8, (c7, (c4, tt)))))))%Z
      (fun n t c c5 c6 k0 => (n, (t, (c, (tt, (k0, ((c6, tt), (c5, tt))))))))%Z.
    - intros n ?known t ?known c ?known c4 ?known c7 ?known c8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known c5 ?known c6 ?known k0 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left22 : value outermost left22 = ((- (1))) * value outermost right6).
  { same_sum left22 right6 ((- (1)))
      (fun n t c c3 c5 c6 => (n, (t, (c5, (((((c3, tt), tt), (c, ((c6, tt), tt))), tt), tt)))))%Z
      (fun n t c c3 c4 c5 => (n, (t, (c4, (c3, (c, (c5, tt)))))))%Z.
    - intros n ?known t ?known c ?known c3 ?known c5 ?known c6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known c3 ?known c4 ?known c5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left12 : value outermost left12 = over_2 * value outermost right6).
  { same_sum left12 right6 over_2
      (fun n t c c3 c4 c6 => (n, (t, (c4, (((((c3, tt), tt), (c, ((c6, tt), tt))), tt), tt)))))%Z
      (fun n t c c3 c4 c5 => (n, (t, (c4, ((c3, tt), (c, (tt, (c5, tt))))))))%Z.
    - intros n ?known t ?known c ?known c3 ?known c4 ?known c6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known c3 ?known c4 ?known c5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left13 : value outermost left13 = over_2 * value outermost right6).
  { same_sum left13 right6 over_2
      (fun n t c c3 c4 c5 => (n, (t, (c5, (((((c3, tt), tt), (c, ((c4, tt), tt))), tt), tt)))))%Z
      (fun n t c c3 c4 c5 => (n, (t, (c4, ((c3, tt), (c5, ((c, tt), tt)))))))%Z.
    - intros n ?known t ?known c ?known c3 ?known c4 ?known c5 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known c3 ?known c4 ?known c5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left16 : value outermost left16 = over_2 * value outermost right6).
  { same_sum left16 right6 over_2
      (fun n t c c3 c4 c8 => (n, (t, (c8, (((((c3, tt), tt), (c, ((c4, tt), tt))), tt), tt)))))%Z
      (fun n t c c3 c4 c5 => (n, (t, (c4, ((c3, tt), (c5, (tt, (c, tt))))))))%Z.
    - intros n ?known t ?known c ?known c3 ?known c4 ?known c8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known c3 ?known c4 ?known c5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left17 : value outermost left17 = over_2 * value outermost right6).
  { same_sum left17 right6 over_2
      (fun n t c c3 c4 c7 => (n, (t, (c4, (((((c3, tt), tt), (c, ((c7, tt), tt))), tt), tt)))))%Z
      (fun n t c c3 c4 c5 => (n, (t, (c4, ((c3, tt), (c, ((c5, tt), tt)))))))%Z.
    - intros n ?known t ?known c ?known c3 ?known c4 ?known c7 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known c3 ?known c4 ?known c5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left14 : value outermost left14 = ((- over_2)) * value outermost left21).
  { same_sum left14 left21 ((- over_2))
      (fun n t c c3 c4 c5 c6 => (n, (t, (c, (c3, (c5, (c6, (c4, tt))))))))%Z
      (fun n t c c3 c5 c6 k0 => (n, (t, (c, ((c3, tt), (k0, ((c5, tt), (c6, tt))))))))%Z.
    - intros n ?known t ?known c ?known c3 ?known c4 ?known c5 ?known c6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known c3 ?known c5 ?known c6 ?known k0 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left18 : value outermost left18 = ((- over_2)) * value outermost left21).
  { same_sum left18 left21 ((- over_2))
      (fun n t c c3 c4 c7 c8 => (n, (t, (c, (c3, (c8, (c7, (c4, tt))))))))%Z
      (fun n t c c3 c5 c6 k0 => (n, (t, (c, ((c3, tt), (k0, ((c6, tt), (c5, tt))))))))%Z.
    - intros n ?known t ?known c ?known c3 ?known c4 ?known c7 ?known c8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_2_law]]).
    - intros n ?known t ?known c ?known c3 ?known c5 ?known c6 ?known k0 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2, ?same_left3, ?same_left7, ?same_left11, ?same_left15, ?same_left20, ?same_left4, ?same_left5, ?same_left8, ?same_left9, ?same_left6, ?same_left10, ?same_left22, ?same_left12, ?same_left13, ?same_left16, ?same_left17, ?same_left14, ?same_left18. numbers. ring [over_C_law over_2_law].
Qed.
End certificate.
Print Assumptions layer_norm_tokens.
