(* batch_norm.input_means: Through batch normalization, by means
   ∂J/∂x = gamma * ((delta - mean(delta, (0,)) - normalized(x, (0,), epsilon) * mean(delta *
   normalized(x, (0,), epsilon), (0,))) / deviation(x, (0,), epsilon))
   For every C, N ≥ 1.
   When x changes by e, the first-order change of the sum of delta times batch_norm, by the chain
   rule, is that of the closed form times e. With inverse_root' = -½·inverse_root³. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables C N : Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis N_least : (1 <= N)%Z.
Variables beta epsilon gamma delta : tensor A.
Variables inverse_root : A -> A.
Variable over_N : A.
Hypothesis over_N_law : integer N * over_N = 1.
Variable over_2 : A.
Hypothesis over_2_law : literal 2 * over_2 = 1.

Definition per_channel : tensor A := tensor2
  (fun n c => gamma [c]).
Definition sum_axes (x : tensor A) : tensor A := tensor2
  (fun n_ c => Σ n < N, x [n; c]).
Definition mean (x : tensor A) : tensor A := tensor2
  (fun n_ c => over_N * sum_axes x [0; c]%Z).
Definition difference (x : tensor A) : tensor A := tensor2
  (fun n c => x [n; c] - mean x [0; c]%Z).
Definition power2 (x : tensor A) : tensor A := tensor2
  (fun n c => difference x [n; c] * difference x [n; c]).
Definition sum_axes2 (x : tensor A) : tensor A := tensor2
  (fun n_ c => Σ n < N, power2 x [n; c]).
Definition variance (x : tensor A) : tensor A := tensor2
  (fun n_ c => over_N * sum_axes2 x [0; c]%Z).
Definition added (x : tensor A) : tensor A := tensor2
  (fun n_ c => variance x [0; c]%Z + epsilon []).
Definition normalized (x : tensor A) : tensor A := tensor2
  (fun n c => difference x [n; c] * (pointwise inverse_root (added x) [0; c]%Z)).
Definition scaled (x : tensor A) : tensor A := tensor2
  (fun n c => per_channel [0; c]%Z * normalized x [n; c]).
Definition per_channel2 : tensor A := tensor2
  (fun n c => beta [c]).
Definition batch_norm (x : tensor A) : tensor A := tensor2
  (fun n c => scaled x [n; c] + per_channel2 [0; c]%Z).
Definition sum_axes3 : tensor A := tensor2
  (fun n_ c => Σ n < N, delta [n; c]).
Definition mean2 : tensor A := tensor2
  (fun n_ c => over_N * sum_axes3 [0; c]%Z).
Definition difference2 : tensor A := tensor2
  (fun n c => delta [n; c] - mean2 [0; c]%Z).
Definition scaled2 (x : tensor A) : tensor A := tensor2
  (fun n c => delta [n; c] * normalized x [n; c]).
Definition sum_axes4 (x : tensor A) : tensor A := tensor2
  (fun n_ c => Σ n < N, scaled2 x [n; c]).
Definition mean3 (x : tensor A) : tensor A := tensor2
  (fun n_ c => over_N * sum_axes4 x [0; c]%Z).
Definition scaled3 (x : tensor A) : tensor A := tensor2
  (fun n c => normalized x [n; c] * mean3 x [0; c]%Z).
Definition difference3 (x : tensor A) : tensor A := tensor2
  (fun n c => difference2 [n; c] - scaled3 x [n; c]).
Definition quotient (x : tensor A) : tensor A := tensor2
  (fun n c => difference3 x [n; c] * (pointwise inverse_root (added x) [0; c]%Z)).
Definition closed_form (x : tensor A) : tensor A := tensor2
  (fun n c => gamma [c] * quotient x [n; c]).
(* what changes to first order when x changes by e *)
Definition sum_axes_change (x e : tensor A) : tensor A := tensor2
  (fun n_ c => Σ n < N, e [n; c]).
Definition mean_change (x e : tensor A) : tensor A := tensor2
  (fun n_ c => over_N * sum_axes_change x e [0; c]%Z).
Definition difference_change (x e : tensor A) : tensor A := tensor2
  (fun n c => e [n; c] - mean_change x e [0; c]%Z).
Definition power2_change (x e : tensor A) : tensor A := tensor2
  (fun n c => difference_change x e [n; c] * difference x [n; c] + difference x [n; c] * difference_change x e [n; c]).
Definition sum_axes2_change (x e : tensor A) : tensor A := tensor2
  (fun n_ c => Σ n < N, power2_change x e [n; c]).
Definition variance_change (x e : tensor A) : tensor A := tensor2
  (fun n_ c => over_N * sum_axes2_change x e [0; c]%Z).
Definition added_change (x e : tensor A) : tensor A := tensor2
  (fun n_ c => variance_change x e [0; c]%Z).
Definition normalized_change (x e : tensor A) : tensor A := tensor2
  (fun n c => difference_change x e [n; c] * (pointwise inverse_root (added x) [0; c]%Z) + difference x [n; c] * ((- (over_2 * pointwise inverse_root (added x) [0; c]%Z * pointwise inverse_root (added x) [0; c]%Z * pointwise inverse_root (added x) [0; c]%Z)) * added_change x e [0; c]%Z)).
Definition scaled_change (x e : tensor A) : tensor A := tensor2
  (fun n c => per_channel [0; c]%Z * normalized_change x e [n; c]).
Definition batch_norm_change (x e : tensor A) : tensor A := tensor2
  (fun n c => scaled_change x e [n; c]).

Theorem batch_norm_input_means (x e : tensor A) :
  Σ n < N, Σ c < C, delta [n; c] * batch_norm_change x e [n; c]
  = Σ n < N, Σ c < C, closed_form x [n; c] * e [n; c].
Proof.
  apply (adding (Σ n < N, Σ c < C, Σ n5 < N, Σ n6 < N, (over_N * over_N * over_N) * delta [n; c] * gamma [c] * x [n; c] * pointwise inverse_root (added x) [0; c]%Z * pointwise inverse_root (added x) [0; c]%Z * pointwise inverse_root (added x) [0; c]%Z * e [n5; c] * x [n6; c] * (Σ k0 < N, 1 - (integer N)))).
  { vanishing_over n. vanishing_over c. vanishing_over n5. vanishing_over n6. vanishing. count_ranges. }
  apply (adding (Σ n < N, Σ c < C, Σ n3 < N, Σ n5 < N, Σ n6 < N, - ((over_N * over_N * over_N * over_N) * delta [n; c] * gamma [c] * x [n3; c] * pointwise inverse_root (added x) [0; c]%Z * pointwise inverse_root (added x) [0; c]%Z * pointwise inverse_root (added x) [0; c]%Z * e [n5; c] * x [n6; c] * (Σ k0 < N, 1 - (integer N))))).
  { vanishing_over n. vanishing_over c. vanishing_over n3. vanishing_over n5. vanishing_over n6. vanishing. count_ranges. }
  open_up ltac:(unfold batch_norm_change, scaled_change, normalized_change, added_change, variance_change, sum_axes2_change, power2_change, difference_change, mean_change, sum_axes_change, closed_form, quotient, difference3, scaled3, mean3, sum_axes4, scaled2, difference2, mean2, sum_axes3, batch_norm, per_channel2, scaled, normalized, added, variance, sum_axes2, power2, difference, mean, sum_axes, per_channel).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4; ?pleft5; ?pleft6; ?pleft7; ?pleft8; ?pleft9; ?pleft10; ?pleft11; ?pleft12; ?pleft13; ?pleft14; ?pleft15; ?pleft16; ?pleft17; ?pleft18; ?pleft19; ?pleft20; ?pleft21; ?pleft22] = values outermost [?pright1; ?pright2; ?pright3; ?pright4; ?pright5; ?pright6] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (left5 := pleft5); pose (left6 := pleft6); pose (left7 := pleft7); pose (left8 := pleft8); pose (left9 := pleft9); pose (left10 := pleft10); pose (left11 := pleft11); pose (left12 := pleft12); pose (left13 := pleft13); pose (left14 := pleft14); pose (left15 := pleft15); pose (left16 := pleft16); pose (left17 := pleft17); pose (left18 := pleft18); pose (left19 := pleft19); pose (left20 := pleft20); pose (left21 := pleft21); pose (left22 := pleft22); pose (right1 := pright1); pose (right2 := pright2); pose (right3 := pright3); pose (right4 := pright4); pose (right5 := pright5); pose (right6 := pright6); change (values outermost [left1; left2; left3; left4; left5; left6; left7; left8; left9; left10; left11; left12; left13; left14; left15; left16; left17; left18; left19; left20; left21; left22] = values outermost [right1; right2; right3; right4; right5; right6]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c => (n, (c, ((tt, tt), tt))))%Z
      (fun n c => (n, (c, (tt, tt))))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right2).
  { same_sum left2 right2 1
      (fun n c n2 => (n2, (c, (((n, tt), tt), tt))))%Z
      (fun n c n2 => (n2, (c, ((n, tt), tt))))%Z.
    - intros n ?known c ?known n2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = over_2 * value outermost right3).
  { same_sum left3 right3 over_2
      (fun n c n4 => (n4, (c, ((((tt, tt), (n, (tt, tt))), tt), tt))))%Z
      (fun n c n4 => (n4, (c, (tt, (n, (tt, tt))))))%Z.
    - intros n ?known c ?known n4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left7 : value outermost left7 = over_2 * value outermost right3).
  { same_sum left7 right3 over_2
      (fun n c n4 => (n4, (c, ((((tt, tt), (n, (tt, tt))), tt), tt))))%Z
      (fun n c n4 => (n4, (c, (tt, (n, (tt, tt))))))%Z.
    - intros n ?known c ?known n4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left11 : value outermost left11 = over_2 * value outermost right4).
  { same_sum left11 right4 over_2
      (fun n c n3 n4 => (n4, (c, ((((tt, tt), (n, ((n3, tt), tt))), tt), tt))))%Z
      (fun n c n4 n5 => (n4, (c, ((n5, tt), (n, (tt, tt))))))%Z.
    - intros n ?known c ?known n3 ?known n4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n4 ?known n5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left15 : value outermost left15 = over_2 * value outermost right4).
  { same_sum left15 right4 over_2
      (fun n c n3 n4 => (n4, (c, ((((tt, tt), (n, ((n3, tt), tt))), tt), tt))))%Z
      (fun n c n4 n5 => (n4, (c, ((n5, tt), (n, (tt, tt))))))%Z.
    - intros n ?known c ?known n3 ?known n4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n4 ?known n5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left20 : value outermost left20 = ((- (1))) * value outermost right5).
  { same_sum left20 right5 ((- (1)))
      (fun n c n5 n6 => (n5, (c, (((((n6, tt), tt), (n, (tt, tt))), tt), tt))))%Z
      (fun n c n3 n4 => (n4, (c, (n, (n3, tt)))))%Z.
    - intros n ?known c ?known n5 ?known n6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n3 ?known n4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = over_2 * value outermost right5).
  { same_sum left4 right5 over_2
      (fun n c n4 n6 => (n4, (c, (((((n6, tt), tt), (n, (tt, tt))), tt), tt))))%Z
      (fun n c n3 n4 => (n4, (c, (tt, (n, (tt, (n3, tt)))))))%Z.
    - intros n ?known c ?known n4 ?known n6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n3 ?known n4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left5 : value outermost left5 = over_2 * value outermost right5).
  { same_sum left5 right5 over_2
      (fun n c n4 n5 => (n5, (c, (((((n4, tt), tt), (n, (tt, tt))), tt), tt))))%Z
      (fun n c n3 n4 => (n4, (c, (tt, (n3, ((n, tt), tt))))))%Z.
    - intros n ?known c ?known n4 ?known n5 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n3 ?known n4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left8 : value outermost left8 = over_2 * value outermost right5).
  { same_sum left8 right5 over_2
      (fun n c n4 n8 => (n8, (c, (((((n4, tt), tt), (n, (tt, tt))), tt), tt))))%Z
      (fun n c n3 n4 => (n4, (c, (tt, (n3, (tt, (n, tt)))))))%Z.
    - intros n ?known c ?known n4 ?known n8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n3 ?known n4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left9 : value outermost left9 = over_2 * value outermost right5).
  { same_sum left9 right5 over_2
      (fun n c n4 n7 => (n4, (c, (((((n7, tt), tt), (n, (tt, tt))), tt), tt))))%Z
      (fun n c n3 n4 => (n4, (c, (tt, (n, ((n3, tt), tt))))))%Z.
    - intros n ?known c ?known n4 ?known n7 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n3 ?known n4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left6 : value outermost left6 = ((- over_2)) * value outermost left19).
  { same_sum left6 left19 ((- over_2))
      (fun n c n4 n5 n6 => (n, (c, (n5, (n6, (n4, tt))))))%Z
      (fun n c n5 n6 k0 => (n, (c, (tt, (k0, ((n5, tt), (n6, tt)))))))%Z.
    - intros n ?known c ?known n4 ?known n5 ?known n6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n5 ?known n6 ?known k0 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left10 : value outermost left10 = ((- over_2)) * value outermost left19).
  { same_sum left10 left19 ((- over_2))
      (fun n c n4 n7 n8 => (n, (c, (n8, (n7, (n4, tt))))))%Z
      (fun n c n5 n6 k0 => (n, (c, (tt, (k0, ((n6, tt), (n5, tt)))))))%Z.
    - intros n ?known c ?known n4 ?known n7 ?known n8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n5 ?known n6 ?known k0 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left22 : value outermost left22 = ((- (1))) * value outermost right6).
  { same_sum left22 right6 ((- (1)))
      (fun n c n3 n5 n6 => (n5, (c, (((((n3, tt), tt), (n, ((n6, tt), tt))), tt), tt))))%Z
      (fun n c n3 n4 n5 => (n4, (c, (n3, (n, (n5, tt))))))%Z.
    - intros n ?known c ?known n3 ?known n5 ?known n6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n3 ?known n4 ?known n5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left12 : value outermost left12 = over_2 * value outermost right6).
  { same_sum left12 right6 over_2
      (fun n c n3 n4 n6 => (n4, (c, (((((n3, tt), tt), (n, ((n6, tt), tt))), tt), tt))))%Z
      (fun n c n3 n4 n5 => (n4, (c, ((n3, tt), (n, (tt, (n5, tt)))))))%Z.
    - intros n ?known c ?known n3 ?known n4 ?known n6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n3 ?known n4 ?known n5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left13 : value outermost left13 = over_2 * value outermost right6).
  { same_sum left13 right6 over_2
      (fun n c n3 n4 n5 => (n5, (c, (((((n3, tt), tt), (n, ((n4, tt), tt))), tt), tt))))%Z
      (fun n c n3 n4 n5 => (n4, (c, ((n3, tt), (n5, ((n, tt), tt))))))%Z.
    - intros n ?known c ?known n3 ?known n4 ?known n5 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n3 ?known n4 ?known n5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left16 : value outermost left16 = over_2 * value outermost right6).
  { same_sum left16 right6 over_2
      (fun n c n3 n4 n8 => (n8, (c, (((((n3, tt), tt), (n, ((n4, tt), tt))), tt), tt))))%Z
      (fun n c n3 n4 n5 => (n4, (c, ((n3, tt), (n5, (tt, (n, tt)))))))%Z.
    - intros n ?known c ?known n3 ?known n4 ?known n8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n3 ?known n4 ?known n5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left17 : value outermost left17 = over_2 * value outermost right6).
  { same_sum left17 right6 over_2
      (fun n c n3 n4 n7 => (n4, (c, (((((n3, tt), tt), (n, ((n7, tt), tt))), tt), tt))))%Z
      (fun n c n3 n4 n5 => (n4, (c, ((n3, tt), (n, ((n5, tt), tt))))))%Z.
    - intros n ?known c ?known n3 ?known n4 ?known n7 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n3 ?known n4 ?known n5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left14 : value outermost left14 = ((- over_2)) * value outermost left21).
  { same_sum left14 left21 ((- over_2))
      (fun n c n3 n4 n5 n6 => (n, (c, (n3, (n5, (n6, (n4, tt)))))))%Z
      (fun n c n3 n5 n6 k0 => (n, (c, ((n3, tt), (k0, ((n5, tt), (n6, tt)))))))%Z.
    - intros n ?known c ?known n3 ?known n4 ?known n5 ?known n6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n3 ?known n5 ?known n6 ?known k0 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left18 : value outermost left18 = ((- over_2)) * value outermost left21).
  { same_sum left18 left21 ((- over_2))
      (fun n c n3 n4 n7 n8 => (n, (c, (n3, (n8, (n7, (n4, tt)))))))%Z
      (fun n c n3 n5 n6 k0 => (n, (c, ((n3, tt), (k0, ((n6, tt), (n5, tt)))))))%Z.
    - intros n ?known c ?known n3 ?known n4 ?known n7 ?known n8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n3 ?known n5 ?known n6 ?known k0 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2, ?same_left3, ?same_left7, ?same_left11, ?same_left15, ?same_left20, ?same_left4, ?same_left5, ?same_left8, ?same_left9, ?same_left6, ?same_left10, ?same_left22, ?same_left12, ?same_left13, ?same_left16, ?same_left17, ?same_left14, ?same_left18. numbers. ring [over_N_law over_2_law].
Qed.
End certificate.
Print Assumptions batch_norm_input_means.
