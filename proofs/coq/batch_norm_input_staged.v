(* batch_norm.input_staged: Through batch normalization, by way of variance and mean
   ∂J/∂x = gamma * delta / deviation(x, (0,), epsilon) + -1/2 * (gamma * delta * (x - mean(x,
   (0,)))).sum(axis=(0,), keepdims=True) * (variance(x, (0,)) + epsilon)**(-3/2) * (x - mean(x,
   (0,))) * 2 / N + ((-(gamma * delta).sum(axis=(0,), keepdims=True)) / deviation(x, (0,), epsilon)
   - -1/2 * (gamma * delta * (x - mean(x, (0,)))).sum(axis=(0,), keepdims=True) * (variance(x,
   (0,)) + epsilon)**(-3/2) * ((x - mean(x, (0,))).sum(axis=(0,), keepdims=True) * 2 / N)) / N
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
Definition scaled2 : tensor A := tensor2
  (fun n c => gamma [c] * delta [n; c]).
Definition quotient (x : tensor A) : tensor A := tensor2
  (fun n c => scaled2 [n; c] * (pointwise inverse_root (added x) [0; c]%Z)).
Definition scaled3 (x : tensor A) : tensor A := tensor2
  (fun n c => scaled2 [n; c] * difference x [n; c]).
Definition sum_axes3 (x : tensor A) : tensor A := tensor2
  (fun n_ c => Σ n < N, scaled3 x [n; c]).
Definition scaled4 (x : tensor A) : tensor A := tensor2
  (fun n_ c => - (over_2 * sum_axes3 x [0; c]%Z)).
Definition power3 (x : tensor A) : tensor A := tensor2
  (fun n_ c => pointwise inverse_root (added x) [0; c]%Z * pointwise inverse_root (added x) [0; c]%Z * pointwise inverse_root (added x) [0; c]%Z).
Definition scaled5 (x : tensor A) : tensor A := tensor2
  (fun n_ c => scaled4 x [0; c]%Z * power3 x [0; c]%Z).
Definition scaled6 (x : tensor A) : tensor A := tensor2
  (fun n_ c => scaled5 x [0; c]%Z * difference x [n_; c]).
Definition scaled7 (x : tensor A) : tensor A := tensor2
  (fun n_ c => (literal 2) * scaled6 x [n_; c]).
Definition quotient2 (x : tensor A) : tensor A := tensor2
  (fun n_ c => over_N * scaled7 x [n_; c]).
Definition added2 (x : tensor A) : tensor A := tensor2
  (fun n c => quotient x [n; c] + quotient2 x [n; c]).
Definition sum_axes4 : tensor A := tensor2
  (fun n_ c => Σ n < N, scaled2 [n; c]).
Definition scaled8 : tensor A := tensor2
  (fun n_ c => - sum_axes4 [0; c]%Z).
Definition quotient3 (x : tensor A) : tensor A := tensor2
  (fun n_ c => scaled8 [0; c]%Z * (pointwise inverse_root (added x) [0; c]%Z)).
Definition sum_axes5 (x : tensor A) : tensor A := tensor2
  (fun n_ c => Σ n < N, difference x [n; c]).
Definition scaled9 (x : tensor A) : tensor A := tensor2
  (fun n_ c => (literal 2) * sum_axes5 x [0; c]%Z).
Definition quotient4 (x : tensor A) : tensor A := tensor2
  (fun n_ c => over_N * scaled9 x [0; c]%Z).
Definition scaled10 (x : tensor A) : tensor A := tensor2
  (fun n_ c => scaled5 x [0; c]%Z * quotient4 x [0; c]%Z).
Definition difference2 (x : tensor A) : tensor A := tensor2
  (fun n_ c => quotient3 x [0; c]%Z - scaled10 x [0; c]%Z).
Definition quotient5 (x : tensor A) : tensor A := tensor2
  (fun n_ c => over_N * difference2 x [0; c]%Z).
Definition closed_form (x : tensor A) : tensor A := tensor2
  (fun n c => added2 x [n; c] + quotient5 x [0; c]%Z).
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

Theorem batch_norm_input_staged (x e : tensor A) :
  Σ n < N, Σ c < C, delta [n; c] * batch_norm_change x e [n; c]
  = Σ n < N, Σ c < C, closed_form x [n; c] * e [n; c].
Proof.
  open_up ltac:(unfold batch_norm_change, scaled_change, normalized_change, added_change, variance_change, sum_axes2_change, power2_change, difference_change, mean_change, sum_axes_change, closed_form, quotient5, difference2, scaled10, quotient4, scaled9, sum_axes5, quotient3, scaled8, sum_axes4, added2, quotient2, scaled7, scaled6, scaled5, power3, scaled4, sum_axes3, scaled3, quotient, scaled2, batch_norm, per_channel2, scaled, normalized, added, variance, sum_axes2, power2, difference, mean, sum_axes, per_channel).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4; ?pleft5; ?pleft6; ?pleft7; ?pleft8; ?pleft9; ?pleft10; ?pleft11; ?pleft12; ?pleft13; ?pleft14; ?pleft15; ?pleft16; ?pleft17; ?pleft18] = values outermost [?pright1; ?pright2; ?pright3; ?pright4; ?pright5; ?pright6; ?pright7; ?pright8; ?pright9; ?pright10] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (left5 := pleft5); pose (left6 := pleft6); pose (left7 := pleft7); pose (left8 := pleft8); pose (left9 := pleft9); pose (left10 := pleft10); pose (left11 := pleft11); pose (left12 := pleft12); pose (left13 := pleft13); pose (left14 := pleft14); pose (left15 := pleft15); pose (left16 := pleft16); pose (left17 := pleft17); pose (left18 := pleft18); pose (right1 := pright1); pose (right2 := pright2); pose (right3 := pright3); pose (right4 := pright4); pose (right5 := pright5); pose (right6 := pright6); pose (right7 := pright7); pose (right8 := pright8); pose (right9 := pright9); pose (right10 := pright10); change (values outermost [left1; left2; left3; left4; left5; left6; left7; left8; left9; left10; left11; left12; left13; left14; left15; left16; left17; left18] = values outermost [right1; right2; right3; right4; right5; right6; right7; right8; right9; right10]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c => (n, (c, (tt, tt))))%Z
      (fun n c => (n, (c, (tt, tt))))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right6).
  { same_sum left2 right6 1
      (fun n c n2 => (n2, (c, (((n, tt), tt), tt))))%Z
      (fun n c n5 => (n5, (c, ((n, tt), tt))))%Z.
    - intros n ?known c ?known n2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = over_2 * value outermost right2).
  { same_sum left3 right2 over_2
      (fun n c n4 => (n4, (c, ((((n, tt), tt), tt), tt))))%Z
      (fun n c n2 => (n2, (c, (tt, (n, (tt, tt))))))%Z.
    - intros n ?known c ?known n4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left7 : value outermost left7 = over_2 * value outermost right2).
  { same_sum left7 right2 over_2
      (fun n c n4 => (n4, (c, ((((n, tt), tt), tt), tt))))%Z
      (fun n c n2 => (n2, (c, (tt, (n, (tt, tt))))))%Z.
    - intros n ?known c ?known n4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_right7 : value outermost right7 = 1 * value outermost right3).
  { same_sum right7 right3 1
      (fun n c n6 n8 => (n, (c, ((((n6, tt), tt), (n8, tt)), tt))))%Z
      (fun n c n2 n4 => (n, (c, ((((n2, tt), tt), (n4, tt)), tt))))%Z.
    - intros n ?known c ?known n6 ?known n8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n2 ?known n4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = over_2 * value outermost right3).
  { same_sum left4 right3 over_2
      (fun n c n4 n6 => (n4, (c, ((((n, tt), tt), (n6, tt)), tt))))%Z
      (fun n c n2 n4 => (n2, (c, (tt, (n, (tt, (n4, tt)))))))%Z.
    - intros n ?known c ?known n4 ?known n6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n2 ?known n4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left5 : value outermost left5 = over_2 * value outermost right3).
  { same_sum left5 right3 over_2
      (fun n c n4 n5 => (n5, (c, ((((n, tt), tt), (n4, tt)), tt))))%Z
      (fun n c n2 n4 => (n2, (c, (tt, (n4, ((n, tt), tt))))))%Z.
    - intros n ?known c ?known n4 ?known n5 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n2 ?known n4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left8 : value outermost left8 = over_2 * value outermost right3).
  { same_sum left8 right3 over_2
      (fun n c n4 n8 => (n8, (c, ((((n, tt), tt), (n4, tt)), tt))))%Z
      (fun n c n2 n4 => (n2, (c, (tt, (n4, (tt, (n, tt)))))))%Z.
    - intros n ?known c ?known n4 ?known n8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n2 ?known n4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left9 : value outermost left9 = over_2 * value outermost right3).
  { same_sum left9 right3 over_2
      (fun n c n4 n7 => (n4, (c, ((((n, tt), tt), (n7, tt)), tt))))%Z
      (fun n c n2 n4 => (n2, (c, (tt, (n, ((n4, tt), tt))))))%Z.
    - intros n ?known c ?known n4 ?known n7 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n2 ?known n4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left6 : value outermost left6 = over_2 * value outermost right8).
  { same_sum left6 right8 over_2
      (fun n c n4 n5 n6 => (n5, (c, ((((n, tt), tt), (n4, (n6, tt))), tt))))%Z
      (fun n c n6 n8 n9 => (n6, (c, (tt, (n8, ((n, tt), (n9, tt)))))))%Z.
    - intros n ?known c ?known n4 ?known n5 ?known n6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n6 ?known n8 ?known n9 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left10 : value outermost left10 = over_2 * value outermost right8).
  { same_sum left10 right8 over_2
      (fun n c n4 n7 n8 => (n8, (c, ((((n, tt), tt), (n4, (n7, tt))), tt))))%Z
      (fun n c n6 n8 n9 => (n6, (c, (tt, (n8, ((n9, tt), (n, tt)))))))%Z.
    - intros n ?known c ?known n4 ?known n7 ?known n8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n6 ?known n8 ?known n9 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left11 : value outermost left11 = over_2 * value outermost right4).
  { same_sum left11 right4 over_2
      (fun n c n3 n4 => (n4, (c, ((((n, (n3, tt)), tt), tt), tt))))%Z
      (fun n c n2 n3 => (n2, (c, ((n3, tt), (n, (tt, tt))))))%Z.
    - intros n ?known c ?known n3 ?known n4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n2 ?known n3 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left15 : value outermost left15 = over_2 * value outermost right4).
  { same_sum left15 right4 over_2
      (fun n c n3 n4 => (n4, (c, ((((n, (n3, tt)), tt), tt), tt))))%Z
      (fun n c n2 n3 => (n2, (c, ((n3, tt), (n, (tt, tt))))))%Z.
    - intros n ?known c ?known n3 ?known n4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n2 ?known n3 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_right9 : value outermost right9 = 1 * value outermost right5).
  { same_sum right9 right5 1
      (fun n c n6 n7 n8 => (n, (c, ((((n6, (n7, tt)), tt), (n8, tt)), tt))))%Z
      (fun n c n2 n3 n4 => (n, (c, ((((n2, (n3, tt)), tt), (n4, tt)), tt))))%Z.
    - intros n ?known c ?known n6 ?known n7 ?known n8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n2 ?known n3 ?known n4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left12 : value outermost left12 = over_2 * value outermost right5).
  { same_sum left12 right5 over_2
      (fun n c n3 n4 n6 => (n4, (c, ((((n, (n3, tt)), tt), (n6, tt)), tt))))%Z
      (fun n c n2 n3 n4 => (n2, (c, ((n3, tt), (n, (tt, (n4, tt)))))))%Z.
    - intros n ?known c ?known n3 ?known n4 ?known n6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n2 ?known n3 ?known n4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left13 : value outermost left13 = over_2 * value outermost right5).
  { same_sum left13 right5 over_2
      (fun n c n3 n4 n5 => (n5, (c, ((((n, (n3, tt)), tt), (n4, tt)), tt))))%Z
      (fun n c n2 n3 n4 => (n2, (c, ((n3, tt), (n4, ((n, tt), tt))))))%Z.
    - intros n ?known c ?known n3 ?known n4 ?known n5 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n2 ?known n3 ?known n4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left16 : value outermost left16 = over_2 * value outermost right5).
  { same_sum left16 right5 over_2
      (fun n c n3 n4 n8 => (n8, (c, ((((n, (n3, tt)), tt), (n4, tt)), tt))))%Z
      (fun n c n2 n3 n4 => (n2, (c, ((n3, tt), (n4, (tt, (n, tt)))))))%Z.
    - intros n ?known c ?known n3 ?known n4 ?known n8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n2 ?known n3 ?known n4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left17 : value outermost left17 = over_2 * value outermost right5).
  { same_sum left17 right5 over_2
      (fun n c n3 n4 n7 => (n4, (c, ((((n, (n3, tt)), tt), (n7, tt)), tt))))%Z
      (fun n c n2 n3 n4 => (n2, (c, ((n3, tt), (n, ((n4, tt), tt))))))%Z.
    - intros n ?known c ?known n3 ?known n4 ?known n7 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n2 ?known n3 ?known n4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left14 : value outermost left14 = over_2 * value outermost right10).
  { same_sum left14 right10 over_2
      (fun n c n3 n4 n5 n6 => (n5, (c, ((((n, (n3, tt)), tt), (n4, (n6, tt))), tt))))%Z
      (fun n c n6 n7 n8 n9 => (n6, (c, ((n7, tt), (n8, ((n, tt), (n9, tt)))))))%Z.
    - intros n ?known c ?known n3 ?known n4 ?known n5 ?known n6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n6 ?known n7 ?known n8 ?known n9 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left18 : value outermost left18 = over_2 * value outermost right10).
  { same_sum left18 right10 over_2
      (fun n c n3 n4 n7 n8 => (n8, (c, ((((n, (n3, tt)), tt), (n4, (n7, tt))), tt))))%Z
      (fun n c n6 n7 n8 n9 => (n6, (c, ((n7, tt), (n8, ((n9, tt), (n, tt)))))))%Z.
    - intros n ?known c ?known n3 ?known n4 ?known n7 ?known n8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law over_2_law]]).
    - intros n ?known c ?known n6 ?known n7 ?known n8 ?known n9 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2, ?same_left3, ?same_left7, ?same_right7, ?same_left4, ?same_left5, ?same_left8, ?same_left9, ?same_left6, ?same_left10, ?same_left11, ?same_left15, ?same_right9, ?same_left12, ?same_left13, ?same_left16, ?same_left17, ?same_left14, ?same_left18. numbers. ring [over_N_law over_2_law].
Qed.
End certificate.
Print Assumptions batch_norm_input_staged.
