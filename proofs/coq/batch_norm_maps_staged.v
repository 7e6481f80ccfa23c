(* batch_norm.maps_staged: Through batch normalization of maps, by way of variance and mean
   ∂J/∂x = per_channel(gamma, x) * delta / deviation(x, (0, 2, 3), epsilon) + -1/2 *
   (per_channel(gamma, x) * delta * (x - mean(x, (0, 2, 3)))).sum(axis=(0, 2, 3), keepdims=True) *
   (variance(x, (0, 2, 3)) + epsilon)**(-3/2) * (x - mean(x, (0, 2, 3))) * 2 / (N*H*W) +
   ((-(per_channel(gamma, x) * delta).sum(axis=(0, 2, 3), keepdims=True)) / deviation(x, (0, 2, 3),
   epsilon) - -1/2 * (per_channel(gamma, x) * delta * (x - mean(x, (0, 2, 3)))).sum(axis=(0, 2, 3),
   keepdims=True) * (variance(x, (0, 2, 3)) + epsilon)**(-3/2) * ((x - mean(x, (0, 2,
   3))).sum(axis=(0, 2, 3), keepdims=True) * 2 / (N*H*W))) / (N*H*W)
   For every C, N, H, W ≥ 1.
   When x changes by e, the first-order change of the sum of delta times batch_norm, by the chain
   rule, is that of the closed form times e. With inverse_root' = -½·inverse_root³. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables C N H W : Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Variables beta epsilon gamma delta : tensor A.
Variables inverse_root : A -> A.
Variable over_H : A.
Hypothesis over_H_law : integer H * over_H = 1.
Variable over_N : A.
Hypothesis over_N_law : integer N * over_N = 1.
Variable over_W : A.
Hypothesis over_W_law : integer W * over_W = 1.
Variable over_2 : A.
Hypothesis over_2_law : literal 2 * over_2 = 1.

Definition per_channel : tensor A := tensor4
  (fun n c h w => gamma [c]).
Definition sum_axes (x : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => Σ n < N, Σ h < H, Σ w < W, x [n; c; h; w]).
Definition mean (x : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => (over_H * over_N * over_W) * sum_axes x [0; c; 0; 0]%Z).
Definition difference (x : tensor A) : tensor A := tensor4
  (fun n c h w => x [n; c; h; w] - mean x [0; c; 0; 0]%Z).
Definition power2 (x : tensor A) : tensor A := tensor4
  (fun n c h w => difference x [n; c; h; w] * difference x [n; c; h; w]).
Definition sum_axes2 (x : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => Σ n < N, Σ h < H, Σ w < W, power2 x [n; c; h; w]).
Definition variance (x : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => (over_H * over_N * over_W) * sum_axes2 x [0; c; 0; 0]%Z).
Definition added (x : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => variance x [0; c; 0; 0]%Z + epsilon []).
Definition normalized (x : tensor A) : tensor A := tensor4
  (fun n c h w => difference x [n; c; h; w] * (pointwise inverse_root (added x) [0; c; 0; 0]%Z)).
Definition scaled (x : tensor A) : tensor A := tensor4
  (fun n c h w => per_channel [0; c; 0; 0]%Z * normalized x [n; c; h; w]).
Definition per_channel2 : tensor A := tensor4
  (fun n c h w => beta [c]).
Definition batch_norm (x : tensor A) : tensor A := tensor4
  (fun n c h w => scaled x [n; c; h; w] + per_channel2 [0; c; 0; 0]%Z).
Definition scaled2 : tensor A := tensor4
  (fun n c h w => per_channel [0; c; 0; 0]%Z * delta [n; c; h; w]).
Definition quotient (x : tensor A) : tensor A := tensor4
  (fun n c h w => scaled2 [n; c; h; w] * (pointwise inverse_root (added x) [0; c; 0; 0]%Z)).
Definition scaled3 (x : tensor A) : tensor A := tensor4
  (fun n c h w => scaled2 [n; c; h; w] * difference x [n; c; h; w]).
Definition sum_axes3 (x : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => Σ n < N, Σ h < H, Σ w < W, scaled3 x [n; c; h; w]).
Definition scaled4 (x : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => - (over_2 * sum_axes3 x [0; c; 0; 0]%Z)).
Definition power3 (x : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => pointwise inverse_root (added x) [0; c; 0; 0]%Z * pointwise inverse_root (added x) [0; c; 0; 0]%Z * pointwise inverse_root (added x) [0; c; 0; 0]%Z).
Definition scaled5 (x : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => scaled4 x [0; c; 0; 0]%Z * power3 x [0; c; 0; 0]%Z).
Definition scaled6 (x : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => scaled5 x [0; c; 0; 0]%Z * difference x [n_; c; h_; w_]).
Definition scaled7 (x : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => (literal 2) * scaled6 x [n_; c; h_; w_]).
Definition quotient2 (x : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => (over_H * over_N * over_W) * scaled7 x [n_; c; h_; w_]).
Definition added2 (x : tensor A) : tensor A := tensor4
  (fun n c h w => quotient x [n; c; h; w] + quotient2 x [n; c; h; w]).
Definition sum_axes4 : tensor A := tensor4
  (fun n_ c h_ w_ => Σ n < N, Σ h < H, Σ w < W, scaled2 [n; c; h; w]).
Definition scaled8 : tensor A := tensor4
  (fun n_ c h_ w_ => - sum_axes4 [0; c; 0; 0]%Z).
Definition quotient3 (x : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => scaled8 [0; c; 0; 0]%Z * (pointwise inverse_root (added x) [0; c; 0; 0]%Z)).
Definition sum_axes5 (x : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => Σ n < N, Σ h < H, Σ w < W, difference x [n; c; h; w]).
Definition scaled9 (x : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => (literal 2) * sum_axes5 x [0; c; 0; 0]%Z).
Definition quotient4 (x : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => (over_H * over_N * over_W) * scaled9 x [0; c; 0; 0]%Z).
Definition scaled10 (x : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => scaled5 x [0; c; 0; 0]%Z * quotient4 x [0; c; 0; 0]%Z).
Definition difference2 (x : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => quotient3 x [0; c; 0; 0]%Z - scaled10 x [0; c; 0; 0]%Z).
Definition quotient5 (x : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => (over_H * over_N * over_W) * difference2 x [0; c; 0; 0]%Z).
Definition closed_form (x : tensor A) : tensor A := tensor4
  (fun n c h w => added2 x [n; c; h; w] + quotient5 x [0; c; 0; 0]%Z).
(* what changes to first order when x changes by e *)
Definition sum_axes_change (x e : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => Σ n < N, Σ h < H, Σ w < W, e [n; c; h; w]).
Definition mean_change (x e : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => (over_H * over_N * over_W) * sum_axes_change x e [0; c; 0; 0]%Z).
Definition difference_change (x e : tensor A) : tensor A := tensor4
  (fun n c h w => e [n; c; h; w] - mean_change x e [0; c; 0; 0]%Z).
Definition power2_change (x e : tensor A) : tensor A := tensor4
  (fun n c h w => difference_change x e [n; c; h; w] * difference x [n; c; h; w] + difference x [n; c; h; w] * difference_change x e [n; c; h; w]).
Definition sum_axes2_change (x e : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => Σ n < N, Σ h < H, Σ w < W, power2_change x e [n; c; h; w]).
Definition variance_change (x e : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => (over_H * over_N * over_W) * sum_axes2_change x e [0; c; 0; 0]%Z).
Definition added_change (x e : tensor A) : tensor A := tensor4
  (fun n_ c h_ w_ => variance_change x e [0; c; 0; 0]%Z).
Definition normalized_change (x e : tensor A) : tensor A := tensor4
  (fun n c h w => difference_change x e [n; c; h; w] * (pointwise inverse_root (added x) [0; c; 0; 0]%Z) + difference x [n; c; h; w] * ((- (over_2 * pointwise inverse_root (added x) [0; c; 0; 0]%Z * pointwise inverse_root (added x) [0; c; 0; 0]%Z * pointwise inverse_root (added x) [0; c; 0; 0]%Z)) * added_change x e [0; c; 0; 0]%Z)).
Definition scaled_change (x e : tensor A) : tensor A := tensor4
  (fun n c h w => per_channel [0; c; 0; 0]%Z * normalized_change x e [n; c; h; w]).
Definition batch_norm_change (x e : tensor A) : tensor A := tensor4
  (fun n c h w => scaled_change x e [n; c; h; w]).

Theorem batch_norm_maps_staged (x e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * batch_norm_change x e [n; c; h; w]
  = Σ n < N, Σ c < C, Σ h < H, Σ w < W, closed_form x [n; c; h; w] * e [n; c; h; w].
Proof.
  open_up ltac:(unfold batch_norm_change, scaled_change, normalized_change, added_change, variance_change, sum_axes2_change, power2_change, difference_change, mean_change, sum_axes_change, closed_form, quotient5, difference2, scaled10, quotient4, scaled9, sum_axes5, quotient3, scaled8, sum_axes4, added2, quotient2, scaled7, scaled6, scaled5, power3, scaled4, sum_axes3, scaled3, quotient, scaled2, batch_norm, per_channel2, scaled, normalized, added, variance, sum_axes2, power2, difference, mean, sum_axes, per_channel).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4; ?pleft5; ?pleft6; ?pleft7; ?pleft8; ?pleft9; ?pleft10; ?pleft11; ?pleft12; ?pleft13; ?pleft14; ?pleft15; ?pleft16; ?pleft17; ?pleft18] = values outermost [?pright1; ?pright2; ?pright3; ?pright4; ?pright5; ?pright6; ?pright7; ?pright8; ?pright9; ?pright10] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (left5 := pleft5); pose (left6 := pleft6); pose (left7 := pleft7); pose (left8 := pleft8); pose (left9 := pleft9); pose (left10 := pleft10); pose (left11 := pleft11); pose (left12 := pleft12); pose (left13 := pleft13); pose (left14 := pleft14); pose (left15 := pleft15); pose (left16 := pleft16); pose (left17 := pleft17); pose (left18 := pleft18); pose (right1 := pright1); pose (right2 := pright2); pose (right3 := pright3); pose (right4 := pright4); pose (right5 := pright5); pose (right6 := pright6); pose (right7 := pright7); pose (right8 := pright8); pose (right9 := pright9); pose (right10 := pright10); change (values outermost [left1; left2; left3; left4; left5; left6; left7; left8; left9; left10; left11; left12; left13; left14; left15; left16; left17; left18] = values outermost [right1; right2; right3; right4; right5; right6; right7; right8; right9; right10]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c h w => (n, (c, (h, (w, (tt, tt))))))%Z
      (fun n c h w => (n, (c, (h, (w, (tt, tt))))))%Z.
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right6).
  { same_sum left2 right6 1
      (fun n c h w n2 h2 w2 => (n2, (c, (h2, (w2, (((n, (h, (w, tt))), tt), tt))))))%Z
      (fun n c h w n5 h5 w5 => (n5, (c, (h5, (w5, ((n, (h, (w, tt))), tt))))))%Z.
    - intros n ?known c ?known h ?known w ?known n2 ?known h2 ?known w2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known n5 ?known h5 ?known w5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = over_2 * value outermost right2).
  { same_sum left3 right2 over_2
      (fun n c h w n4 h4 w4 => (n4, (c, (h4, (w4, ((((n, (h, (w, tt))), tt), tt), tt))))))%Z
      (fun n c h w n2 h2 w2 => (n2, (c, (h2, (w2, (tt, (n, (h, (w, (tt, tt))))))))))%Z.
    - intros n ?known c ?known h ?known w ?known n4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known n2 ?known h2 ?known w2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left7 : value outermost left7 = over_2 * value outermost right2).
  { same_sum left7 right2 over_2
      (fun n c h w n4 h4 w4 => (n4, (c, (h4, (w4, ((((n, (h, (w, tt))), tt), tt), tt))))))%Z
      (fun n c h w n2 h2 w2 => (n2, (c, (h2, (w2, (tt, (n, (h, (w, (tt, tt))))))))))%Z.
    - intros n ?known c ?known h ?known w ?known n4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known n2 ?known h2 ?known w2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_right7 : value outermost right7 = 1 * value outermost right3).
  { same_sum right7 right3 1
      (fun n c h w n6 h6 w6 n8 h8 w8 => (n, (c, (h, (w, ((((n6, (h6, (w6, tt))), tt), (n8, (h8, (w8, tt)))), tt))))))%Z
      (fun n c h w n2 h2 w2 n4 h4 w4 => (n, (c, (h, (w, ((((n2, (h2, (w2, tt))), tt), (n4, (h4, (w4, tt)))), tt))))))%Z.
    - intros n ?known c ?known h ?known w ?known n6 ?known h6 ?known w6 ?known n8 ?known h8 ?known w8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known n2 ?known h2 ?known w2 ?known n4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = over_2 * value outermost right3).
  { same_sum left4 right3 over_2
      (fun n c h w n4 h4 w4 n6 h6 w6 => (n4, (c, (h4, (w4, ((((n, (h, (w, tt))), tt), (n6, (h6, (w6, tt)))), tt))))))%Z
      (fun n c h w n2 h2 w2 n4 h4 w4 => (n2, (c, (h2, (w2, (tt, (n, (h, (w, (tt, (n4, (h4, (w4, tt)))))))))))))%Z.
    - intros n ?known c ?known h ?known w ?known n4 ?known h4 ?known w4 ?known n6 ?known h6 ?known w6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known n2 ?known h2 ?known w2 ?known n4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left5 : value outermost left5 = over_2 * value outermost right3).
  { same_sum left5 right3 over_2
      (fun n c h w n4 h4 w4 n5 h5 w5 => (n5, (c, (h5, (w5, ((((n, (h, (w, tt))), tt), (n4, (h4, (w4, tt)))), tt))))))%Z
      (fun n c h w n2 h2 w2 n4 h4 w4 => (n2, (c, (h2, (w2, (tt, (n4, (h4, (w4, ((n, (h, (w, tt))), tt))))))))))%Z.
    - intros n ?known c ?known h ?known w ?known n4 ?known h4 ?known w4 ?known n5 ?known h5 ?known w5 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known n2 ?known h2 ?known w2 ?known n4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left8 : value outermost left8 = over_2 * value outermost right3).
  { same_sum left8 right3 over_2
      (fun n c h w n4 h4 w4 n8 h8 w8 => (n8, (c, (h8, (w8, ((((n, (h, (w, tt))), tt), (n4, (h4, (w4, tt)))), tt))))))%Z
      (fun n c h w n2 h2 w2 n4 h4 w4 => (n2, (c, (h2, (w2, (tt, (n4, (h4, (w4, (tt, (n, (h, (w, tt)))))))))))))%Z.
    - intros n ?known c ?known h ?known w ?known n4 ?known h4 ?known w4 ?known n8 ?known h8 ?known w8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known n2 ?known h2 ?known w2 ?known n4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left9 : value outermost left9 = over_2 * value outermost right3).
  { same_sum left9 right3 over_2
      (fun n c h w n4 h4 w4 n7 h7 w7 => (n4, (c, (h4, (w4, ((((n, (h, (w, tt))), tt), (n7, (h7, (w7, tt)))), tt))))))%Z
      (fun n c h w n2 h2 w2 n4 h4 w4 => (n2, (c, (h2, (w2, (tt, (n, (h, (w, ((n4, (h4, (w4, tt))), tt))))))))))%Z.
    - intros n ?known c ?known h ?known w ?known n4 ?known h4 ?known w4 ?known n7 ?known h7 ?known w7 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known n2 ?known h2 ?known w2 ?known n4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left6 : value outermost left6 = over_2 * value outermost right8).
  { same_sum left6 right8 over_2
      (fun n c h w n4 h4 w4 n5 h5 w5 n6 h6 w6 => (n5, (c, (h5, (w5, ((((n, (h, (w, tt))), tt), (n4, (h4, (w4, (n6, (h6, (w6, tt))))))), tt))))))%Z
      (fun n c h w n6 h6 w6 n8 h8 w8 n9 h9 w9 => (n6, (c, (h6, (w6, (tt, (n8, (h8, (w8, ((n, (h, (w, tt))), (n9, (h9, (w9, tt)))))))))))))%Z.
    - intros n ?known c ?known h ?known w ?known n4 ?known h4 ?known w4 ?known n5 ?known h5 ?known w5 ?known n6 ?known h6 ?known w6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known n6 ?known h6 ?known w6 ?known n8 ?known h8 ?known w8 ?known n9 ?known h9 ?known w9 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left10 : value outermost left10 = over_2 * value outermost right8).
  { same_sum left10 right8 over_2
      (fun n c h w n4 h4 w4 n7 h7 w7 n8 h8 w8 => (n8, (c, (h8, (w8, ((((n, (h, (w, tt))), tt), (n4, (h4, (w4, (n7, (h7, (w7, tt))))))), tt))))))%Z
      (fun n c h w n6 h6 w6 n8 h8 w8 n9 h9 w9 => (n6, (c, (h6, (w6, (tt, (n8, (h8, (w8, ((n9, (h9, (w9, tt))), (n, (h, (w, tt)))))))))))))%Z.
    - intros n ?known c ?known h ?known w ?known n4 ?known h4 ?known w4 ?known n7 ?known h7 ?known w7 ?known n8 ?known h8 ?known w8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known n6 ?known h6 ?known w6 ?known n8 ?known h8 ?known w8 ?known n9 ?known h9 ?known w9 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left11 : value outermost left11 = over_2 * value outermost right4).
  { same_sum left11 right4 over_2
      (fun n c h w n3 h3 w3 n4 h4 w4 => (n4, (c, (h4, (w4, ((((n, (h, (w, (n3, (h3, (w3, tt)))))), tt), tt), tt))))))%Z
      (fun n c h w n2 h2 w2 n3 h3 w3 => (n2, (c, (h2, (w2, ((n3, (h3, (w3, tt))), (n, (h, (w, (tt, tt))))))))))%Z.
    - intros n ?known c ?known h ?known w ?known n3 ?known h3 ?known w3 ?known n4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known n2 ?known h2 ?known w2 ?known n3 ?known h3 ?known w3 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left15 : value outermost left15 = over_2 * value outermost right4).
  { same_sum left15 right4 over_2
      (fun n c h w n3 h3 w3 n4 h4 w4 => (n4, (c, (h4, (w4, ((((n, (h, (w, (n3, (h3, (w3, tt)))))), tt), tt), tt))))))%Z
      (fun n c h w n2 h2 w2 n3 h3 w3 => (n2, (c, (h2, (w2, ((n3, (h3, (w3, tt))), (n, (h, (w, (tt, tt))))))))))%Z.
    - intros n ?known c ?known h ?known w ?known n3 ?known h3 ?known w3 ?known n4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known n2 ?known h2 ?known w2 ?known n3 ?known h3 ?known w3 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_right9 : value outermost right9 = 1 * value outermost right5).
  { same_sum right9 right5 1
      (fun n c h w n6 h6 w6 n7 h7 w7 n8 h8 w8 => (n, (c, (h, (w, ((((n6, (h6, (w6, (n7, (h7, (w7, tt)))))), tt), (n8, (h8, (w8, tt)))), tt))))))%Z
      (fun n c h w n2 h2 w2 n3 h3 w3 n4 h4 w4 => (n, (c, (h, (w, ((((n2, (h2, (w2, (n3, (h3, (w3, tt)))))), tt), (n4, (h4, (w4, tt)))), tt))))))%Z.
    - intros n ?known c ?known h ?known w ?known n6 ?known h6 ?known w6 ?known n7 ?known h7 ?known w7 ?known n8 ?known h8 ?known w8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known n2 ?known h2 ?known w2 ?known n3 ?known h3 ?known w3 ?known n4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left12 : value outermost left12 = over_2 * value outermost right5).
  { same_sum left12 right5 over_2
      (fun n c h w n3 h3 w3 n4 h4 w4 n6 h6 w6 => (n4, (c, (h4, (w4, ((((n, (h, (w, (n3, (h3, (w3, tt)))))), tt), (n6, (h6, (w6, tt)))), tt))))))%Z
      (fun n c h w n2 h2 w2 n3 h3 w3 n4 h4 w4 => (n2, (c, (h2, (w2, ((n3, (h3, (w3, tt))), (n, (h, (w, (tt, (n4, (h4, (w4, tt)))))))))))))%Z.
    - intros n ?known c ?known h ?known w ?known n3 ?known h3 ?known w3 ?known n4 ?known h4 ?known w4 ?known n6 ?known h6 ?known w6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known n2 ?known h2 ?known w2 ?known n3 ?known h3 ?known w3 ?known n4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left13 : value outermost left13 = over_2 * value outermost right5).
  { same_sum left13 right5 over_2
      (fun n c h w n3 h3 w3 n4 h4 w4 n5 h5 w5 => (n5, (c, (h5, (w5, ((((n, (h, (w, (n3, (h3, (w3, tt)))))), tt), (n4, (h4, (w4, tt)))), tt))))))%Z
      (fun n c h w n2 h2 w2 n3 h3 w3 n4 h4 w4 => (n2, (c, (h2, (w2, ((n3, (h3, (w3, tt))), (n4, (h4, (w4, ((n, (h, (w, tt))), tt))))))))))%Z.
    - intros n ?known c ?known h ?known w ?known n3 ?known h3 ?known w3 ?known n4 ?known h4 ?known w4 ?known n5 ?known h5 ?known w5 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known n2 ?known h2 ?known w2 ?known n3 ?known h3 ?known w3 ?known n4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left16 : value outermost left16 = over_2 * value outermost right5).
  { same_sum left16 right5 over_2
      (fun n c h w n3 h3 w3 n4 h4 w4 n8 h8 w8 => (n8, (c, (h8, (w8, ((((n, (h, (w, (n3, (h3, (w3, tt)))))), tt), (n4, (h4, (w4, tt)))), tt))))))%Z
      (fun n c h w n2 h2 w2 n3 h3 w3 n4 h4 w4 => (n2, (c, (h2, (w2, ((n3, (h3, (w3, tt))), (n4, (h4, (w4, (tt, (n, (h, (w, tt)))))))))))))%Z.
    - intros n ?known c ?known h ?known w ?known n3 ?known h3 ?known w3 ?known n4 ?known h4 ?known w4 ?known n8 ?known h8 ?known w8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known n2 ?known h2 ?known w2 ?known n3 ?known h3 ?known w3 ?known n4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left17 : value outermost left17 = over_2 * value outermost right5).
  { same_sum left17 right5 over_2
      (fun n c h w n3 h3 w3 n4 h4 w4 n7 h7 w7 => (n4, (c, (h4, (w4, ((((n, (h, (w, (n3, (h3, (w3, tt)))))), tt), (n7, (h7, (w7, tt)))), tt))))))%Z
      (fun n c h w n2 h2 w2 n3 h3 w3 n4 h4 w4 => (n2, (c, (h2, (w2, ((n3, (h3, (w3, tt))), (n, (h, (w, ((n4, (h4, (w4, tt))), tt))))))))))%Z.
    - intros n ?known c ?known h ?known w ?known n3 ?known h3 ?known w3 ?known n4 ?known h4 ?known w4 ?known n7 ?known h7 ?known w7 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known n2 ?known h2 ?known w2 ?known n3 ?known h3 ?known w3 ?known n4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left14 : value outermost left14 = over_2 * value outermost right10).
  { same_sum left14 right10 over_2
      (fun n c h w n3 h3 w3 n4 h4 w4 n5 h5 w5 n6 h6 w6 => (n5, (c, (h5, (w5, ((((n, (h, (w, (n3, (h3, (w3, tt)))))), tt), (n4, (h4, (w4, (n6, (h6, (w6, tt))))))), tt))))))%Z
      (fun n c h w n6 h6 w6 n7 h7 w7 n8 h8 w8 n9 h9 w9 => (n6, (c, (h6, (w6, ((n7, (h7, (w7, tt))), (n8, (h8, (w8, ((n, (h, (w, tt))), (n9, (h9, (w9, tt)))))))))))))%Z.
    - intros n ?known c ?known h ?known w ?known n3 ?known h3 ?known w3 ?known n4 ?known h4 ?known w4 ?known n5 ?known h5 ?known w5 ?known n6 ?known h6 ?known w6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known n6 ?known h6 ?known w6 ?known n7 ?known h7 ?known w7 ?known n8 ?known h8 ?known w8 ?known n9 ?known h9 ?known w9 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left18 : value outermost left18 = over_2 * value outermost right10).
  { same_sum left18 right10 over_2
      (fun n c h w n3 h3 w3 n4 h4 w4 n7 h7 w7 n8 h8 w8 => (n8, (c, (h8, (w8, ((((n, (h, (w, (n3, (h3, (w3, tt)))))), tt), (n4, (h4, (w4, (n7, (h7, (w7, tt))))))), tt))))))%Z
      (fun n c h w n6 h6 w6 n7 h7 w7 n8 h8 w8 n9 h9 w9 => (n6, (c, (h6, (w6, ((n7, (h7, (w7, tt))), (n8, (h8, (w8, ((n9, (h9, (w9, tt))), (n, (h, (w, tt)))))))))))))%Z.
    - intros n ?known c ?known h ?known w ?known n3 ?known h3 ?known w3 ?known n4 ?known h4 ?known w4 ?known n7 ?known h7 ?known w7 ?known n8 ?known h8 ?known w8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law over_2_law]]).
    - intros n ?known c ?known h ?known w ?known n6 ?known h6 ?known w6 ?known n7 ?known h7 ?known w7 ?known n8 ?known h8 ?known w8 ?known n9 ?known h9 ?known w9 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2, ?same_left3, ?same_left7, ?same_right7, ?same_left4, ?same_left5, ?same_left8, ?same_left9, ?same_left6, ?same_left10, ?same_left11, ?same_left15, ?same_right9, ?same_left12, ?same_left13, ?same_left16, ?same_left17, ?same_left14, ?same_left18. numbers. ring [over_H_law over_N_law over_W_law over_2_law].
Qed.
End certificate.
Print Assumptions batch_norm_maps_staged.
