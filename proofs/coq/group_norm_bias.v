(* group_norm.bias: Shift of group normalization
   ∂J/∂beta = delta.sum(axis=(0, 2, 3))
   For every G, C, N, H, W ≥ 1.
   J is the sum of delta times group_norm. When beta changes by ε·e, where the square of ε is 0, J
   changes by ε times the sum of the closed form times e. *)
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
Variables epsilon x gamma delta : tensor A.
Variables inverse_root : A -> A.
Variable over_C : A.
Hypothesis over_C_law : integer C * over_C = 1.
Variable over_H : A.
Hypothesis over_H_law : integer H * over_H = 1.
Variable over_W : A.
Hypothesis over_W_law : integer W * over_W = 1.

Definition per_channel : tensor A := tensor5
  (fun n g c h w => gamma [g; c]).
Definition split_groups : tensor A := tensor5
  (fun n g c h w => x [n; g; c; h; w]).
Definition sum_axes : tensor A := tensor5
  (fun n g c_ h_ w_ => Σ c < C, Σ h < H, Σ w < W, split_groups [n; g; c; h; w]).
Definition mean : tensor A := tensor5
  (fun n g c_ h_ w_ => (over_C * over_H * over_W) * sum_axes [n; g; 0; 0; 0]%Z).
Definition difference : tensor A := tensor5
  (fun n g c h w => split_groups [n; g; c; h; w] - mean [n; g; 0; 0; 0]%Z).
Definition power2 : tensor A := tensor5
  (fun n g c h w => difference [n; g; c; h; w] * difference [n; g; c; h; w]).
Definition sum_axes2 : tensor A := tensor5
  (fun n g c_ h_ w_ => Σ c < C, Σ h < H, Σ w < W, power2 [n; g; c; h; w]).
Definition variance : tensor A := tensor5
  (fun n g c_ h_ w_ => (over_C * over_H * over_W) * sum_axes2 [n; g; 0; 0; 0]%Z).
Definition added : tensor A := tensor5
  (fun n g c_ h_ w_ => variance [n; g; 0; 0; 0]%Z + epsilon []).
Definition normalized : tensor A := tensor5
  (fun n g c h w => difference [n; g; c; h; w] * (pointwise inverse_root added [n; g; 0; 0; 0]%Z)).
Definition merged_groups : tensor A := tensor5
  (fun n g c h w => normalized [n; g; c; h; w]).
Definition scaled : tensor A := tensor5
  (fun n g c h w => per_channel [0; g; c; 0; 0]%Z * merged_groups [n; g; c; h; w]).
Definition per_channel2 (beta : tensor A) : tensor A := tensor5
  (fun n g c h w => beta [g; c]).
Definition group_norm (beta : tensor A) : tensor A := tensor5
  (fun n g c h w => scaled [n; g; c; h; w] + per_channel2 beta [0; g; c; 0; 0]%Z).
Definition closed_form : tensor A := tensor2
  (fun g c => Σ n < N, Σ h < H, Σ w < W, delta [n; g; c; h; w]).
(* what changes to first order when beta changes by e *)
Definition per_channel2_change (beta e : tensor A) : tensor A := tensor5
  (fun n g c h w => e [g; c]).
Definition group_norm_change (beta e : tensor A) : tensor A := tensor5
  (fun n g c h w => per_channel2_change beta e [0; g; c; 0; 0]%Z).

Lemma group_norm_bias_change (beta e : tensor A) :
  Σ n < N, Σ g < G, Σ c < C, Σ h < H, Σ w < W, delta [n; g; c; h; w] * group_norm_change beta e [n; g; c; h; w]
  = Σ g < G, Σ c < C, closed_form [g; c] * e [g; c].
Proof.
  open_up ltac:(unfold group_norm_change, per_channel2_change, closed_form, group_norm, per_channel2, scaled, merged_groups, normalized, added, variance, sum_axes2, power2, difference, mean, sum_axes, split_groups, per_channel).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n g c h w => (g, (c, ((n, (h, (w, tt))), tt))))%Z
      (fun g c n h w => (n, (g, (c, (h, (w, tt))))))%Z.
    - intros n ?known g ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law over_H_law over_W_law]]).
    - intros g ?known c ?known n ?known h ?known w ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring [over_C_law over_H_law over_W_law].
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma per_channel2_moves (beta e : tensor A) n g c h w :
  per_channel2 (moved beta ε e) [n; g; c; h; w]
  = per_channel2 beta [n; g; c; h; w] + ε * per_channel2_change beta e [n; g; c; h; w].
Proof. unfold per_channel2, per_channel2_change. first_order ε_square ltac:(idtac). Qed.
Lemma group_norm_moves (beta e : tensor A) n g c h w :
  group_norm (moved beta ε e) [n; g; c; h; w]
  = group_norm beta [n; g; c; h; w] + ε * group_norm_change beta e [n; g; c; h; w].
Proof. unfold group_norm, group_norm_change. first_order ε_square ltac:(rewrite ?per_channel2_moves). Qed.
Theorem group_norm_bias (beta e : tensor A) :
  Σ n < N, Σ g < G, Σ c < C, Σ h < H, Σ w < W, delta [n; g; c; h; w] * group_norm (moved beta ε e) [n; g; c; h; w]
  = (Σ n < N, Σ g < G, Σ c < C, Σ h < H, Σ w < W, delta [n; g; c; h; w] * group_norm beta [n; g; c; h; w])
    + ε * (Σ g < G, Σ c < C, closed_form [g; c] * e [g; c]).
Proof.
  rewrite <- (group_norm_bias_change beta e).
  first_order ε_square ltac:(rewrite ?per_channel2_moves; rewrite ?group_norm_moves).
Qed.
End certificate.
Print Assumptions group_norm_bias.
