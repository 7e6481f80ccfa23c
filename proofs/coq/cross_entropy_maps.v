(* cross_entropy.maps: Output error of softmax with cross-entropy at each pixel
   ∂J/∂z = (softmax(z, dim=1) - y) / (N*H*W)
   For every N, C, H, W ≥ 1.
   When z changes by e, the first-order change of the sum of cross_entropy, by the chain rule, is
   that of the closed form times e. With exp' = exp, log' = reciprocal, reciprocal' = -reciprocal². *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H W : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Variables y : tensor A.
Variables exp log reciprocal : A -> A.
Variable over_H : A.
Hypothesis over_H_law : integer H * over_H = 1.
Variable over_N : A.
Hypothesis over_N_law : integer N * over_N = 1.
Variable over_W : A.
Hypothesis over_W_law : integer W * over_W = 1.

Definition activation (z : tensor A) : tensor A := tensor4
  (fun n c h w => pointwise exp z [n; c; h; w]).
Definition sum_axes (z : tensor A) : tensor A := tensor4
  (fun n c_ h w => Σ c < C, activation z [n; c; h; w]).
Definition activation2 (z : tensor A) : tensor A := tensor4
  (fun n c_ h w => pointwise log (sum_axes z) [n; c_; h; w]).
Definition log_softmax (z : tensor A) : tensor A := tensor4
  (fun n c h w => z [n; c; h; w] - activation2 z [n; 0; h; w]%Z).
Definition scaled (z : tensor A) : tensor A := tensor4
  (fun n c h w => y [n; c; h; w] * log_softmax z [n; c; h; w]).
Definition sum_axes2 (z : tensor A) : tensor A := tensor0
  (Σ n < N, Σ c < C, Σ h < H, Σ w < W, scaled z [n; c; h; w]).
Definition scaled2 (z : tensor A) : tensor A := tensor0
  (- sum_axes2 z []).
Definition cross_entropy (z : tensor A) : tensor A := tensor0
  ((over_H * over_N * over_W) * scaled2 z []).
Definition softmax (z : tensor A) : tensor A := tensor4
  (fun n c h w => activation z [n; c; h; w] * (pointwise reciprocal (sum_axes z) [n; 0; h; w]%Z)).
Definition difference (z : tensor A) : tensor A := tensor4
  (fun n c h w => softmax z [n; c; h; w] - y [n; c; h; w]).
Definition closed_form (z : tensor A) : tensor A := tensor4
  (fun n c h w => (over_H * over_N * over_W) * difference z [n; c; h; w]).
(* what changes to first order when z changes by e *)
Definition activation_change (z e : tensor A) : tensor A := tensor4
  (fun n c h w => pointwise exp z [n; c; h; w] * e [n; c; h; w]).
Definition sum_axes_change (z e : tensor A) : tensor A := tensor4
  (fun n c_ h w => Σ c < C, activation_change z e [n; c; h; w]).
Definition activation2_change (z e : tensor A) : tensor A := tensor4
  (fun n c_ h w => pointwise reciprocal (sum_axes z) [n; c_; h; w] * sum_axes_change z e [n; c_; h; w]).
Definition log_softmax_change (z e : tensor A) : tensor A := tensor4
  (fun n c h w => e [n; c; h; w] - activation2_change z e [n; 0; h; w]%Z).
Definition scaled_change (z e : tensor A) : tensor A := tensor4
  (fun n c h w => y [n; c; h; w] * log_softmax_change z e [n; c; h; w]).
Definition sum_axes2_change (z e : tensor A) : tensor A := tensor0
  (Σ n < N, Σ c < C, Σ h < H, Σ w < W, scaled_change z e [n; c; h; w]).
Definition scaled2_change (z e : tensor A) : tensor A := tensor0
  (- sum_axes2_change z e []).
Definition cross_entropy_change (z e : tensor A) : tensor A := tensor0
  ((over_H * over_N * over_W) * scaled2_change z e []).

Theorem cross_entropy_maps (z e : tensor A) :
  (forall j0 j2 j3, (0 <= j0 < N)%Z -> (0 <= j2 < H)%Z -> (0 <= j3 < W)%Z -> Σ k1 < C, y [j0; k1; j2; j3] = 1) ->
  cross_entropy_change z e []
  = Σ n < N, Σ c < C, Σ h < H, Σ w < W, closed_form z [n; c; h; w] * e [n; c; h; w].
Proof.
  intros known_hypothesis_0.
  apply (adding (Σ n < N, Σ h < H, Σ w < W, Σ c2 < C, - ((over_H * over_N * over_W) * pointwise reciprocal (sum_axes z) [n; 0; h; w]%Z * pointwise exp z [n; c2; h; w] * e [n; c2; h; w] * (Σ k1 < C, y [n; k1; h; w] - 1)))).
  { vanishing_over n. vanishing_over h. vanishing_over w. vanishing_over c2. vanishing. apply (known_hypothesis_0 (n)%Z (h)%Z (w)%Z); lia. }
  open_up ltac:(unfold cross_entropy_change, scaled2_change, sum_axes2_change, scaled_change, log_softmax_change, activation2_change, sum_axes_change, activation_change, closed_form, difference, softmax, cross_entropy, scaled2, sum_axes2, scaled, log_softmax, activation2, sum_axes, activation).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2; left3; left4] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right2).
  { same_sum left1 right2 1
      (fun n c h w => (n, (c, (h, (w, (tt, tt))))))%Z
      (fun n c h w => (n, (c, (h, (w, tt)))))%Z.
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law]]).
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = ((- (1))) * value outermost left2).
  { same_sum left3 left2 ((- (1)))
      (fun n h w c2 k1 => (n, (k1, (h, (w, (c2, tt))))))%Z
      (fun n c h w c2 => (n, (h, (w, (c2, (c, tt))))))%Z.
    - intros n ?known h ?known w ?known c2 ?known k1 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law]]).
    - intros n ?known c ?known h ?known w ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = 1 * value outermost right1).
  { same_sum left4 right1 1
      (fun n h w c2 => (n, (c2, (h, (w, (tt, tt))))))%Z
      (fun n c h w => (n, (h, (w, (c, tt)))))%Z.
    - intros n ?known h ?known w ?known c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law over_N_law over_W_law]]).
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left3, ?same_left4. numbers. ring [over_H_law over_N_law over_W_law].
Qed.
End certificate.
Print Assumptions cross_entropy_maps.
