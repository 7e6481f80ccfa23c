(* batch_norm.maps_weight: Scale of batch normalization of maps
   ∂J/∂gamma = (delta * normalized(x, (0, 2, 3), epsilon)).sum(axis=(0, 2, 3))
   For every C, N, H, W ≥ 1.
   J is the sum of delta times batch_norm. When gamma changes by ε·e, where the square of ε is 0, J
   changes by ε times the sum of the closed form times e. *)
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
Variables beta epsilon x delta : tensor A.
Variables inverse_root : A -> A.
Variable over_H : A.
Hypothesis over_H_law : integer H * over_H = 1.
Variable over_N : A.
Hypothesis over_N_law : integer N * over_N = 1.
Variable over_W : A.
Hypothesis over_W_law : integer W * over_W = 1.

Definition per_channel (gamma : tensor A) : tensor A := tensor4
  (fun n c h w => gamma [c]).
Definition sum_axes : tensor A := tensor4
  (fun n_ c h_ w_ => Σ n < N, Σ h < H, Σ w < W, x [n; c; h; w]).
Definition mean : tensor A := tensor4
  (fun n_ c h_ w_ => (over_H * over_N * over_W) * sum_axes [0; c; 0; 0]%Z).
Definition difference : tensor A := tensor4
  (fun n c h w => x [n; c; h; w] - mean [0; c; 0; 0]%Z).
Definition power2 : tensor A := tensor4
  (fun n c h w => difference [n; c; h; w] * difference [n; c; h; w]).
Definition sum_axes2 : tensor A := tensor4
  (fun n_ c h_ w_ => Σ n < N, Σ h < H, Σ w < W, power2 [n; c; h; w]).
Definition variance : tensor A := tensor4
  (fun n_ c h_ w_ => (over_H * over_N * over_W) * sum_axes2 [0; c; 0; 0]%Z).
Definition added : tensor A := tensor4
  (fun n_ c h_ w_ => variance [0; c; 0; 0]%Z + epsilon []).
Definition normalized : tensor A := tensor4
  (fun n c h w => difference [n; c; h; w] * (pointwise inverse_root added [0; c; 0; 0]%Z)).
Definition scaled (gamma : tensor A) : tensor A := tensor4
  (fun n c h w => per_channel gamma [0; c; 0; 0]%Z * normalized [n; c; h; w]).
Definition per_channel2 : tensor A := tensor4
  (fun n c h w => beta [c]).
Definition batch_norm (gamma : tensor A) : tensor A := tensor4
  (fun n c h w => scaled gamma [n; c; h; w] + per_channel2 [0; c; 0; 0]%Z).
Definition scaled2 : tensor A := tensor4
  (fun n c h w => delta [n; c; h; w] * normalized [n; c; h; w]).
Definition closed_form : tensor A := tensor1
  (fun c => Σ n < N, Σ h < H, Σ w < W, scaled2 [n; c; h; w]).
(* what changes to first order when gamma changes by e *)
Definition per_channel_change (gamma e : tensor A) : tensor A := tensor4
  (fun n c h w => e [c]).
Definition scaled_change (gamma e : tensor A) : tensor A := tensor4
  (fun n c h w => per_channel_change gamma e [0; c; 0; 0]%Z * normalized [n; c; h; w]).
Definition batch_norm_change (gamma e : tensor A) : tensor A := tensor4
  (fun n c h w => scaled_change gamma e [n; c; h; w]).

Lemma batch_norm_maps_weight_change (gamma e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * batch_norm_change gamma e [n; c; h; w]
  = Σ c < C, closed_form [c] * e [c].
Proof.
  open_up ltac:(unfold batch_norm_change, scaled_change, per_channel_change, closed_form, scaled2, batch_norm, per_channel2, scaled, normalized, added, variance, sum_axes2, power2, difference, mean, sum_axes, per_channel).
  match goal with |- values outermost [?pleft1; ?pleft2] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c h w => (c, ((n, (h, (w, (tt, tt)))), tt)))%Z
      (fun c n h w => (n, (c, (h, (w, (tt, tt))))))%Z.
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law]]).
    - intros c ?known n ?known h ?known w ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right2).
  { same_sum left2 right2 1
      (fun n c h w n2 h2 w2 => (c, ((n, (h, (w, ((n2, (h2, (w2, tt))), tt)))), tt)))%Z
      (fun c n h w n2 h2 w2 => (n, (c, (h, (w, ((n2, (h2, (w2, tt))), tt))))))%Z.
    - intros n ?known c ?known h ?known w ?known n2 ?known h2 ?known w2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law]]).
    - intros c ?known n ?known h ?known w ?known n2 ?known h2 ?known w2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2. numbers. ring [over_H_law over_N_law over_W_law].
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma per_channel_moves (gamma e : tensor A) n c h w :
  per_channel (moved gamma ε e) [n; c; h; w]
  = per_channel gamma [n; c; h; w] + ε * per_channel_change gamma e [n; c; h; w].
Proof. unfold per_channel, per_channel_change. first_order ε_square ltac:(idtac). Qed.
Lemma scaled_moves (gamma e : tensor A) n c h w :
  scaled (moved gamma ε e) [n; c; h; w]
  = scaled gamma [n; c; h; w] + ε * scaled_change gamma e [n; c; h; w].
Proof. unfold scaled, scaled_change. first_order ε_square ltac:(rewrite ?per_channel_moves). Qed.
Lemma batch_norm_moves (gamma e : tensor A) n c h w :
  batch_norm (moved gamma ε e) [n; c; h; w]
  = batch_norm gamma [n; c; h; w] + ε * batch_norm_change gamma e [n; c; h; w].
Proof. unfold batch_norm, batch_norm_change. first_order ε_square ltac:(rewrite ?per_channel_moves; rewrite ?scaled_moves). Qed.
Theorem batch_norm_maps_weight (gamma e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * batch_norm (moved gamma ε e) [n; c; h; w]
  = (Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * batch_norm gamma [n; c; h; w])
    + ε * (Σ c < C, closed_form [c] * e [c]).
Proof.
  rewrite <- (batch_norm_maps_weight_change gamma e).
  first_order ε_square ltac:(rewrite ?per_channel_moves; rewrite ?scaled_moves; rewrite ?batch_norm_moves).
Qed.
End certificate.
Print Assumptions batch_norm_maps_weight.
