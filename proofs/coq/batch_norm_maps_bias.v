(* batch_norm.maps_bias: Shift of batch normalization of maps
   ∂J/∂beta = delta.sum(axis=(0, 2, 3))
   For every C, N, H, W ≥ 1.
   J is the sum of delta times batch_norm. When beta changes by ε·e, where the square of ε is 0, J
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
Variables epsilon x gamma delta : tensor A.
Variables inverse_root : A -> A.
Variable over_H : A.
Hypothesis over_H_law : integer H * over_H = 1.
Variable over_N : A.
Hypothesis over_N_law : integer N * over_N = 1.
Variable over_W : A.
Hypothesis over_W_law : integer W * over_W = 1.

Definition per_channel : tensor A := tensor4
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
Definition scaled : tensor A := tensor4
  (fun n c h w => per_channel [0; c; 0; 0]%Z * normalized [n; c; h; w]).
Definition per_channel2 (beta : tensor A) : tensor A := tensor4
  (fun n c h w => beta [c]).
Definition batch_norm (beta : tensor A) : tensor A := tensor4
  (fun n c h w => scaled [n; c; h; w] + per_channel2 beta [0; c; 0; 0]%Z).
Definition closed_form : tensor A := tensor1
  (fun c => Σ n < N, Σ h < H, Σ w < W, delta [n; c; h; w]).
(* what changes to first order when beta changes by e *)
Definition per_channel2_change (beta e : tensor A) : tensor A := tensor4
  (fun n c h w => e [c]).
Definition batch_norm_change (beta e : tensor A) : tensor A := tensor4
  (fun n c h w => per_channel2_change beta e [0; c; 0; 0]%Z).

Lemma batch_norm_maps_bias_change (beta e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * batch_norm_change beta e [n; c; h; w]
  = Σ c < C, closed_form [c] * e [c].
Proof.
  open_up ltac:(unfold batch_norm_change, per_channel2_change, closed_form, batch_norm, per_channel2, scaled, normalized, added, variance, sum_axes2, power2, difference, mean, sum_axes, per_channel).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c h w => (c, ((n, (h, (w, tt))), tt)))%Z
      (fun c n h w => (n, (c, (h, (w, tt)))))%Z.
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law]]).
    - intros c ?known n ?known h ?known w ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring [over_H_law over_N_law over_W_law].
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma per_channel2_moves (beta e : tensor A) n c h w :
  per_channel2 (moved beta ε e) [n; c; h; w]
  = per_channel2 beta [n; c; h; w] + ε * per_channel2_change beta e [n; c; h; w].
Proof. unfold per_channel2, per_channel2_change. first_order ε_square ltac:(idtac). Qed.
Lemma batch_norm_moves (beta e : tensor A) n c h w :
  batch_norm (moved beta ε e) [n; c; h; w]
  = batch_norm beta [n; c; h; w] + ε * batch_norm_change beta e [n; c; h; w].
Proof. unfold batch_norm, batch_norm_change. first_order ε_square ltac:(rewrite ?per_channel2_moves). Qed.
Theorem batch_norm_maps_bias (beta e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * batch_norm (moved beta ε e) [n; c; h; w]
  = (Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * batch_norm beta [n; c; h; w])
    + ε * (Σ c < C, closed_form [c] * e [c]).
Proof.
  rewrite <- (batch_norm_maps_bias_change beta e).
  first_order ε_square ltac:(rewrite ?per_channel2_moves; rewrite ?batch_norm_moves).
Qed.
End certificate.
Print Assumptions batch_norm_maps_bias.
