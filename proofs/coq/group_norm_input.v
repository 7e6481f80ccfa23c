(* group_norm.input: Through group normalization
   ∂J/∂x = merged_groups((C*H*W * split_groups(per_channel(gamma, x) * delta) -
   split_groups(per_channel(gamma, x) * delta).sum(axis=(2, 3, 4), keepdims=True) -
   normalized(split_groups(x), (2, 3, 4), epsilon) * (split_groups(per_channel(gamma, x) * delta) *
   normalized(split_groups(x), (2, 3, 4), epsilon)).sum(axis=(2, 3, 4), keepdims=True)) / (C*H*W *
   deviation(split_groups(x), (2, 3, 4), epsilon)))
   For every G, C, N, H, W ≥ 1.
   When x changes by e, the first-order change of the sum of delta times group_norm, by the chain
   rule, is that of the closed form times e. With inverse_root' = -½·inverse_root³. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables G C N H W : Z.
Hypothesis G_least : (1 <= G)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Variables beta epsilon gamma delta : tensor A.
Variables inverse_root : A -> A.
Variable over_C : A.
Hypothesis over_C_law : integer C * over_C = 1.
Variable over_H : A.
Hypothesis over_H_law : integer H * over_H = 1.
Variable over_W : A.
Hypothesis over_W_law : integer W * over_W = 1.
Variable over_2 : A.
Hypothesis over_2_law : literal 2 * over_2 = 1.

Definition per_channel : tensor A := tensor5
  (fun n g c h w => gamma [g; c]).
Definition split_groups (x : tensor A) : tensor A := tensor5
  (fun n g c h w => x [n; g; c; h; w]).
Definition sum_axes (x : tensor A) : tensor A := tensor5
  (fun n g c_ h_ w_ => Σ c < C, Σ h < H, Σ w < W, split_groups x [n; g; c; h; w]).
Definition mean (x : tensor A) : tensor A := tensor5
  (fun n g c_ h_ w_ => (over_C * over_H * over_W) * sum_axes x [n; g; 0; 0; 0]%Z).
Definition difference (x : tensor A) : tensor A := tensor5
  (fun n g c h w => split_groups x [n; g; c; h; w] - mean x [n; g; 0; 0; 0]%Z).
Definition power2 (x : tensor A) : tensor A := tensor5
  (fun n g c h w => difference x [n; g; c; h; w] * difference x [n; g; c; h; w]).
Definition sum_axes2 (x : tensor A) : tensor A := tensor5
  (fun n g c_ h_ w_ => Σ c < C, Σ h < H, Σ w < W, power2 x [n; g; c; h; w]).
Definition variance (x : tensor A) : tensor A := tensor5
  (fun n g c_ h_ w_ => (over_C * over_H * over_W) * sum_axes2 x [n; g; 0; 0; 0]%Z).
Definition added (x : tensor A) : tensor A := tensor5
  (fun n g c_ h_ w_ => variance x [n; g; 0; 0; 0]%Z + epsilon []).
Definition normalized (x : tensor A) : tensor A := tensor5
  (fun n g c h w => difference x [n; g; c; h; w] * (pointwise inverse_root (added x) [n; g; 0; 0; 0]%Z)).
Definition merged_groups (x : tensor A) : tensor A := tensor5
  (fun n g c h w => normalized x [n; g; c; h; w]).
Definition scaled (x : tensor A) : tensor A := tensor5
  (fun n g c h w => per_channel [0; g; c; 0; 0]%Z * merged_groups x [n; g; c; h; w]).
Definition per_channel2 : tensor A := tensor5
  (fun n g c h w => beta [g; c]).
Definition group_norm (x : tensor A) : tensor A := tensor5
  (fun n g c h w => scaled x [n; g; c; h; w] + per_channel2 [0; g; c; 0; 0]%Z).
Definition scaled2 : tensor A := tensor5
  (fun n g c h w => per_channel [0; g; c; 0; 0]%Z * delta [n; g; c; h; w]).
Definition split_groups2 : tensor A := tensor5
  (fun n g c h w => scaled2 [n; g; c; h; w]).
Definition scaled3 : tensor A := tensor5
  (fun n g c h w => (integer C * integer H * integer W) * split_groups2 [n; g; c; h; w]).
Definition sum_axes3 : tensor A := tensor5
  (fun n g c_ h_ w_ => Σ c < C, Σ h < H, Σ w < W, split_groups2 [n; g; c; h; w]).
Definition difference2 : tensor A := tensor5
  (fun n g c h w => scaled3 [n; g; c; h; w] - sum_axes3 [n; g; 0; 0; 0]%Z).
Definition scaled4 (x : tensor A) : tensor A := tensor5
  (fun n g c h w => split_groups2 [n; g; c; h; w] * normalized x [n; g; c; h; w]).
Definition sum_axes4 (x : tensor A) : tensor A := tensor5
  (fun n g c_ h_ w_ => Σ c < C, Σ h < H, Σ w < W, scaled4 x [n; g; c; h; w]).
Definition scaled5 (x : tensor A) : tensor A := tensor5
  (fun n g c h w => normalized x [n; g; c; h; w] * sum_axes4 x [n; g; 0; 0; 0]%Z).
Definition difference3 (x : tensor A) : tensor A := tensor5
  (fun n g c h w => difference2 [n; g; c; h; w] - scaled5 x [n; g; c; h; w]).
Definition quotient (x : tensor A) : tensor A := tensor5
  (fun n g c h w => difference3 x [n; g; c; h; w] * ((over_C * over_H * over_W) * (pointwise inverse_root (added x) [n; g; 0; 0; 0]%Z))).
Definition closed_form (x : tensor A) : tensor A := tensor5
  (fun n g c h w => quotient x [n; g; c; h; w]).
(* what changes to first order when x changes by e *)
Definition split_groups_change (x e : tensor A) : tensor A := tensor5
  (fun n g c h w => e [n; g; c; h; w]).
Definition sum_axes_change (x e : tensor A) : tensor A := tensor5
  (fun n g c_ h_ w_ => Σ c < C, Σ h < H, Σ w < W, split_groups_change x e [n; g; c; h; w]).
Definition mean_change (x e : tensor A) : tensor A := tensor5
  (fun n g c_ h_ w_ => (over_C * over_H * over_W) * sum_axes_change x e [n; g; 0; 0; 0]%Z).
Definition difference_change (x e : tensor A) : tensor A := tensor5
  (fun n g c h w => split_groups_change x e [n; g; c; h; w] - mean_change x e [n; g; 0; 0; 0]%Z).
Definition power2_change (x e : tensor A) : tensor A := tensor5
  (fun n g c h w => difference_change x e [n; g; c; h; w] * difference x [n; g; c; h; w] + difference x [n; g; c; h; w] * difference_change x e [n; g; c; h; w]).
Definition sum_axes2_change (x e : tensor A) : tensor A := tensor5
  (fun n g c_ h_ w_ => Σ c < C, Σ h < H, Σ w < W, power2_change x e [n; g; c; h; w]).
Definition variance_change (x e : tensor A) : tensor A := tensor5
  (fun n g c_ h_ w_ => (over_C * over_H * over_W) * sum_axes2_change x e [n; g; 0; 0; 0]%Z).
Definition added_change (x e : tensor A) : tensor A := tensor5
  (fun n g c_ h_ w_ => variance_change x e [n; g; 0; 0; 0]%Z).
Definition normalized_change (x e : tensor A) : tensor A := tensor5
  (fun n g c h w => difference_change x e [n; g; c; h; w] * (pointwise inverse_root (added x) [n; g; 0; 0; 0]%Z) + difference x [n; g; c; h; w] * ((- (over_2 * pointwise inverse_root (added x) [n; g; 0; 0; 0]%Z * pointwise inverse_root (added x) [n; g; 0; 0; 0]%Z * pointwise inverse_root (added x) [n; g; 0; 0; 0]%Z)) * added_change x e [n; g; 0; 0; 0]%Z)).
Definition merged_groups_change (x e : tensor A) : tensor A := tensor5
  (fun n g c h w => normalized_change x e [n; g; c; h; w]).
Definition scaled_change (x e : tensor A) : tensor A := tensor5
  (fun n g c h w => per_channel [0; g; c; 0; 0]%Z * merged_groups_change x e [n; g; c; h; w]).
Definition group_norm_change (x e : tensor A) : tensor A := tensor5
  (fun n g c h w => scaled_change x e [n; g; c; h; w]).

Theorem group_norm_input (x e : tensor A) :
  Σ n < N, Σ g < G, Σ c < C, Σ h < H, Σ w < W, delta [n; g; c; h; w] * group_norm_change x e [n; g; c; h; w]
  = Σ n < N, Σ g < G, Σ c < C, Σ h < H, Σ w < W, closed_form x [n; g; c; h; w] * e [n; g; c; h; w].
Proof.
  apply (adding (Σ n < N, Σ g < G, Σ c < C, Σ h < H, Σ w < W, Σ c5 < C, Σ h5 < H, Σ w5 < W, Σ c6 < C, Σ h6 < H, Σ w6 < W, (over_C * over_C * over_C * over_H * over_H * over_H * over_W * over_W * over_W) * delta [n; g; c; h; w] * gamma [g; c] * x [n; g; c; h; w] * pointwise inverse_root (added x) [n; g; 0; 0; 0]%Z * pointwise inverse_root (added x) [n; g; 0; 0; 0]%Z * pointwise inverse_root (added x) [n; g; 0; 0; 0]%Z * e [n; g; c5; h5; w5] * x [n; g; c6; h6; w6] * (Σ k0 < C, Σ k1 < H, Σ k2 < W, 1 - (integer C * integer H * integer W)))).
  { vanishing_over n. vanishing_over g. vanishing_over c. vanishing_over h. vanishing_over w. vanishing_over c5. vanishing_over h5. vanishing_over w5. vanishing_over c6. vanishing_over h6. vanishing_over w6. vanishing. count_ranges. }
  apply (adding (Σ n < N, Σ g < G, Σ c < C, Σ h < H, Σ w < W, Σ c3 < C, Σ h3 < H, Σ w3 < W, Σ c5 < C, Σ h5 < H, Σ w5 < W, Σ c6 < C, Σ h6 < H, Σ w6 < W, - ((over_C * over_C * over_C * over_C * over_H * over_H * over_H * over_H * over_W * over_W * over_W * over_W) * delta [n; g; c; h; w] * gamma [g; c] * x [n; g; c3; h3; w3] * pointwise inverse_root (added x) [n; g; 0; 0; 0]%Z * pointwise inverse_root (added x) [n; g; 0; 0; 0]%Z * pointwise inverse_root (added x) [n; g; 0; 0; 0]%Z * e [n; g; c5; h5; w5] * x [n; g; c6; h6; w6] * (Σ k0 < C, Σ k1 < H, Σ k2 < W, 1 - (integer C * integer H * integer W))))).
  { vanishing_over n. vanishing_over g. vanishing_over c. vanishing_over h. vanishing_over w. vanishing_over c3. vanishing_over h3. vanishing_over w3. vanishing_over c5. vanishing_over h5. vanishing_over w5. vanishing_over c6. vanishing_over h6. vanishing_over w6. vanishing. count_ranges. }
  open_up ltac:(unfold group_norm_change, scaled_change, merged_groups_change, normalized_change, added_change, variance_change, sum_axes2_change, power2_change, difference_change, mean_change, sum_axes_change, split_groups_change, closed_form, quotient, difference3, scaled5, sum_axes4, scaled4, difference2, sum_axes3, scaled3, split_groups2, scaled2, group_norm, per_channel2, scaled, merged_groups, normalized, added, variance, sum_axes2, power2, difference, mean, sum_axes, split_groups, per_channel).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4; ?pleft5; ?pleft6; ?pleft7; ?pleft8; ?pleft9; ?pleft10; ?pleft11; ?pleft12; ?pleft13; ?pleft14; ?pleft15; ?pleft16; ?pleft17; ?pleft18; ?pleft19; ?pleft20; ?pleft21; ?pleft22] = values outermost [?pright1; ?pright2; ?pright3; ?pright4; ?pright5; ?pright6] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (left5 := pleft5); pose (left6 := pleft6); pose (left7 := pleft7); pose (left8 := pleft8); pose (left9 := pleft9); pose (left10 := pleft10); pose (left11 := pleft11); pose (left12 := pleft12); pose (left13 := pleft13); pose (left14 := pleft14); pose (left15 := pleft15); pose (left16 := pleft16); pose (left17 := pleft17); pose (left18 := pleft18); pose (left19 := pleft19); pose (left20 := pleft20); pose (left21 := pleft21); pose (left22 := pleft22); pose (right1 := pright1); pose (right2 := pright2); pose (right3 := pright3); pose (right4 := pright4); pose (right5 := pright5); pose (right6 := pright6); change (values outermost [left1; left2; left3; left4; left5; left6; left7; left8; left9; left10; left11; left12; left13; left14; left15; left16; left17; left18; left19; left20; left21; left22] = values outermost [right1; right2; right3; right4; right5; right6]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n g c h w => (n, (g, (c, (h, (w, ((tt, tt), tt)))))))%Z
      (fun n g c h w => (n, (g, (c, (h, (w, (tt, tt)))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right2).
  { same_sum left2 right2 1
      (fun n g c h w c2 h2 w2 => (n, (g, (c2, (h2, (w2, (((c, (h, (w, tt))), tt), tt)))))))%Z
      (fun n g c h w c2 h2 w2 => (n, (g, (c2, (h2, (w2, ((c, (h, (w, tt))), tt)))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known c2 ?known h2 ?known w2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known c2 ?known h2 ?known w2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = over_2 * value outermost right3).
  { same_sum left3 right3 over_2
      (fun n g c h w c4 h4 w4 => (n, (g, (c4, (h4, (w4, ((((tt, tt), (c, (h, (w, (tt, tt))))), tt), tt)))))))%Z
      (fun n g c h w c4 h4 w4 => (n, (g, (c4, (h4, (w4, (tt, (c, (h, (w, (tt, tt)))))))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known c4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known c4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left7 : value outermost left7 = over_2 * value outermost right3).
  { same_sum left7 right3 over_2
      (fun n g c h w c4 h4 w4 => (n, (g, (c4, (h4, (w4, ((((tt, tt), (c, (h, (w, (tt, tt))))), tt), tt)))))))%Z
      (fun n g c h w c4 h4 w4 => (n, (g, (c4, (h4, (w4, (tt, (c, (h, (w, (tt, tt)))))))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known c4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known c4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left11 : value outermost left11 = over_2 * value outermost right4).
  { same_sum left11 right4 over_2
      (fun n g c h w c3 h3 w3 c4 h4 w4 => (n, (g, (c4, (h4, (w4, ((((tt, tt), (c, (h, (w, ((c3, (h3, (w3, tt))), tt))))), tt), tt)))))))%Z
      (fun n g c h w c4 h4 w4 c5 h5 w5 => (n, (g, (c4, (h4, (w4, ((c5, (h5, (w5, tt))), (c, (h, (w, (tt, tt)))))))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known c4 ?known h4 ?known w4 ?known c5 ?known h5 ?known w5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left15 : value outermost left15 = over_2 * value outermost right4).
  { same_sum left15 right4 over_2
      (fun n g c h w c3 h3 w3 c4 h4 w4 => (n, (g, (c4, (h4, (w4, ((((tt, tt), (c, (h, (w, ((c3, (h3, (w3, tt))), tt))))), tt), tt)))))))%Z
      (fun n g c h w c4 h4 w4 c5 h5 w5 => (n, (g, (c4, (h4, (w4, ((c5, (h5, (w5, tt))), (c, (h, (w, (tt, tt)))))))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known c4 ?known h4 ?known w4 ?known c5 ?known h5 ?known w5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left20 : value outermost left20 = ((- (1))) * value outermost right5).
  { same_sum left20 right5 ((- (1)))
      (fun n g c h w c5 h5 w5 c6 h6 w6 => (n, (g, (c5, (h5, (w5, (((((c6, (h6, (w6, tt))), tt), (c, (h, (w, (tt, tt))))), tt), tt)))))))%Z
      (fun n g c h w c3 h3 w3 c4 h4 w4 => (n, (g, (c4, (h4, (w4, (c, (h, (w, (c3, (h3, (w3, tt))))))))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known c5 ?known h5 ?known w5 ?known c6 ?known h6 ?known w6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = over_2 * value outermost right5).
  { same_sum left4 right5 over_2
      (fun n g c h w c4 h4 w4 c6 h6 w6 => (n, (g, (c4, (h4, (w4, (((((c6, (h6, (w6, tt))), tt), (c, (h, (w, (tt, tt))))), tt), tt)))))))%Z
      (fun n g c h w c3 h3 w3 c4 h4 w4 => (n, (g, (c4, (h4, (w4, (tt, (c, (h, (w, (tt, (c3, (h3, (w3, tt))))))))))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known c4 ?known h4 ?known w4 ?known c6 ?known h6 ?known w6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left5 : value outermost left5 = over_2 * value outermost right5).
  { same_sum left5 right5 over_2
      (fun n g c h w c4 h4 w4 c5 h5 w5 => (n, (g, (c5, (h5, (w5, (((((c4, (h4, (w4, tt))), tt), (c, (h, (w, (tt, tt))))), tt), tt)))))))%Z
      (fun n g c h w c3 h3 w3 c4 h4 w4 => (n, (g, (c4, (h4, (w4, (tt, (c3, (h3, (w3, ((c, (h, (w, tt))), tt)))))))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known c4 ?known h4 ?known w4 ?known c5 ?known h5 ?known w5 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left8 : value outermost left8 = over_2 * value outermost right5).
  { same_sum left8 right5 over_2
      (fun n g c h w c4 h4 w4 c8 h8 w8 => (n, (g, (c8, (h8, (w8, (((((c4, (h4, (w4, tt))), tt), (c, (h, (w, (tt, tt))))), tt), tt)))))))%Z
      (fun n g c h w c3 h3 w3 c4 h4 w4 => (n, (g, (c4, (h4, (w4, (tt, (c3, (h3, (w3, (tt, (c, (h, (w, tt))))))))))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known c4 ?known h4 ?known w4 ?known c8 ?known h8 ?known w8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left9 : value outermost left9 = over_2 * value outermost right5).
  { same_sum left9 right5 over_2
      (fun n g c h w c4 h4 w4 c7 h7 w7 => (n, (g, (c4, (h4, (w4, (((((c7, (h7, (w7, tt))), tt), (c, (h, (w, (tt, tt))))), tt), tt)))))))%Z
      (fun n g c h w c3 h3 w3 c4 h4 w4 => (n, (g, (c4, (h4, (w4, (tt, (c, (h, (w, ((c3, (h3, (w3, tt))), tt)))))))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known c4 ?known h4 ?known w4 ?known c7 ?known h7 ?known w7 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c4 ?known h4 ?known w4 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left6 : value outermost left6 = ((- over_2)) * value outermost left19).
  { same_sum left6 left19 ((- over_2))
      (fun n g c h w c4 h4 w4 c5 h5 w5 c6 h6 w6 => (n, (g, (c, (h, (w, (c5, (h5, (w5, (c6, (h6, (w6, (c4, (h4, (w4, tt)))))))))))))))%Z
      (fun n g c h w c5 h5 w5 c6 h6 w6 k0 k1 k2 => (n, (g, (c, (h, (w, (tt, (k0, (k1, (k2, ((c5, (h5, (w5, tt))), (c6, (h6, (w6, tt))))))))))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known c4 ?known h4 ?known w4 ?known c5 ?known h5 ?known w5 ?known c6 ?known h6 ?known w6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known c5 ?known h5 ?known w5 ?known c6 ?known h6 ?known w6 ?known k0 ?known k1 ?known k2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left10 : value outermost left10 = ((- over_2)) * value outermost left19).
  { same_sum left10 left19 ((- over_2))
      (fun n g c h w c4 h4 w4 c7 h7 w7 c8 h8 w8 => (n, (g, (c, (h, (w, (c8, (h8, (w8, (c7, (h7, (w7, (c4, (h4, (w4, tt)))))))))))))))%Z
      (fun n g c h w c5 h5 w5 c6 h6 w6 k0 k1 k2 => (n, (g, (c, (h, (w, (tt, (k0, (k1, (k2, ((c6, (h6, (w6, tt))), (c5, (h5, (w5, tt))))))))))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known c4 ?known h4 ?known w4 ?known c7 ?known h7 ?known w7 ?known c8 ?known h8 ?known w8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known c5 ?known h5 ?known w5 ?known c6 ?known h6 ?known w6 ?known k0 ?known k1 ?known k2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left22 : value outermost left22 = ((- (1))) * value outermost right6).
  { same_sum left22 right6 ((- (1)))
      (fun n g c h w c3 h3 w3 c5 h5 w5 c6 h6 w6 => (n, (g, (c5, (h5, (w5, (((((c3, (h3, (w3, tt))), tt), (c, (h, (w, ((c6, (h6, (w6, tt))), tt))))), tt), tt)))))))%Z
      (fun n g c h w c3 h3 w3 c4 h4 w4 c5 h5 w5 => (n, (g, (c4, (h4, (w4, (c3, (h3, (w3, (c, (h, (w, (c5, (h5, (w5, tt)))))))))))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c5 ?known h5 ?known w5 ?known c6 ?known h6 ?known w6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c4 ?known h4 ?known w4 ?known c5 ?known h5 ?known w5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left12 : value outermost left12 = over_2 * value outermost right6).
  { same_sum left12 right6 over_2
      (fun n g c h w c3 h3 w3 c4 h4 w4 c6 h6 w6 => (n, (g, (c4, (h4, (w4, (((((c3, (h3, (w3, tt))), tt), (c, (h, (w, ((c6, (h6, (w6, tt))), tt))))), tt), tt)))))))%Z
      (fun n g c h w c3 h3 w3 c4 h4 w4 c5 h5 w5 => (n, (g, (c4, (h4, (w4, ((c3, (h3, (w3, tt))), (c, (h, (w, (tt, (c5, (h5, (w5, tt))))))))))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c4 ?known h4 ?known w4 ?known c6 ?known h6 ?known w6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c4 ?known h4 ?known w4 ?known c5 ?known h5 ?known w5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left13 : value outermost left13 = over_2 * value outermost right6).
  { same_sum left13 right6 over_2
      (fun n g c h w c3 h3 w3 c4 h4 w4 c5 h5 w5 => (n, (g, (c5, (h5, (w5, (((((c3, (h3, (w3, tt))), tt), (c, (h, (w, ((c4, (h4, (w4, tt))), tt))))), tt), tt)))))))%Z
      (fun n g c h w c3 h3 w3 c4 h4 w4 c5 h5 w5 => (n, (g, (c4, (h4, (w4, ((c3, (h3, (w3, tt))), (c5, (h5, (w5, ((c, (h, (w, tt))), tt)))))))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c4 ?known h4 ?known w4 ?known c5 ?known h5 ?known w5 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c4 ?known h4 ?known w4 ?known c5 ?known h5 ?known w5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left16 : value outermost left16 = over_2 * value outermost right6).
  { same_sum left16 right6 over_2
      (fun n g c h w c3 h3 w3 c4 h4 w4 c8 h8 w8 => (n, (g, (c8, (h8, (w8, (((((c3, (h3, (w3, tt))), tt), (c, (h, (w, ((c4, (h4, (w4, tt))), tt))))), tt), tt)))))))%Z
      (fun n g c h w c3 h3 w3 c4 h4 w4 c5 h5 w5 => (n, (g, (c4, (h4, (w4, ((c3, (h3, (w3, tt))), (c5, (h5, (w5, (tt, (c, (h, (w, tt))))))))))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c4 ?known h4 ?known w4 ?known c8 ?known h8 ?known w8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c4 ?known h4 ?known w4 ?known c5 ?known h5 ?known w5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left17 : value outermost left17 = over_2 * value outermost right6).
  { same_sum left17 right6 over_2
      (fun n g c h w c3 h3 w3 c4 h4 w4 c7 h7 w7 => (n, (g, (c4, (h4, (w4, (((((c3, (h3, (w3, tt))), tt), (c, (h, (w, ((c7, (h7, (w7, tt))), tt))))), tt), tt)))))))%Z
      (fun n g c h w c3 h3 w3 c4 h4 w4 c5 h5 w5 => (n, (g, (c4, (h4, (w4, ((c3, (h3, (w3, tt))), (c, (h, (w, ((c5, (h5, (w5, tt))), tt)))))))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c4 ?known h4 ?known w4 ?known c7 ?known h7 ?known w7 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c4 ?known h4 ?known w4 ?known c5 ?known h5 ?known w5 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left14 : value outermost left14 = ((- over_2)) * value outermost left21).
  { same_sum left14 left21 ((- over_2))
      (fun n g c h w c3 h3 w3 c4 h4 w4 c5 h5 w5 c6 h6 w6 => (n, (g, (c, (h, (w, (c3, (h3, (w3, (c5, (h5, (w5, (c6, (h6, (w6, (c4, (h4, (w4, tt))))))))))))))))))%Z
      (fun n g c h w c3 h3 w3 c5 h5 w5 c6 h6 w6 k0 k1 k2 => (n, (g, (c, (h, (w, ((c3, (h3, (w3, tt))), (k0, (k1, (k2, ((c5, (h5, (w5, tt))), (c6, (h6, (w6, tt))))))))))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c4 ?known h4 ?known w4 ?known c5 ?known h5 ?known w5 ?known c6 ?known h6 ?known w6 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c5 ?known h5 ?known w5 ?known c6 ?known h6 ?known w6 ?known k0 ?known k1 ?known k2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left18 : value outermost left18 = ((- over_2)) * value outermost left21).
  { same_sum left18 left21 ((- over_2))
      (fun n g c h w c3 h3 w3 c4 h4 w4 c7 h7 w7 c8 h8 w8 => (n, (g, (c, (h, (w, (c3, (h3, (w3, (c8, (h8, (w8, (c7, (h7, (w7, (c4, (h4, (w4, tt))))))))))))))))))%Z
      (fun n g c h w c3 h3 w3 c5 h5 w5 c6 h6 w6 k0 k1 k2 => (n, (g, (c, (h, (w, ((c3, (h3, (w3, tt))), (k0, (k1, (k2, ((c6, (h6, (w6, tt))), (c5, (h5, (w5, tt))))))))))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c4 ?known h4 ?known w4 ?known c7 ?known h7 ?known w7 ?known c8 ?known h8 ?known w8 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law over_2_law]]).
    - intros n ?known g ?known c ?known h ?known w ?known c3 ?known h3 ?known w3 ?known c5 ?known h5 ?known w5 ?known c6 ?known h6 ?known w6 ?known k0 ?known k1 ?known k2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2, ?same_left3, ?same_left7, ?same_left11, ?same_left15, ?same_left20, ?same_left4, ?same_left5, ?same_left8, ?same_left9, ?same_left6, ?same_left10, ?same_left22, ?same_left12, ?same_left13, ?same_left16, ?same_left17, ?same_left14, ?same_left18. numbers. ring [over_C_law over_H_law over_W_law over_2_law].
Qed.
End certificate.
Print Assumptions group_norm_input.
