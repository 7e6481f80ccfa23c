(* softmax.maps: Through softmax over the maps at each pixel
   ∂J/∂z = softmax(z, dim=1) * (delta - (delta * softmax(z, dim=1)).sum(axis=1, keepdims=True))
   For every N, C, H, W ≥ 1.
   When z changes by e, the first-order change of the sum of delta times softmax, by the chain
   rule, is that of the closed form times e. With exp' = exp, reciprocal' = -reciprocal². *)
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
Variables delta : tensor A.
Variables exp reciprocal : A -> A.

Definition activation (z : tensor A) : tensor A := tensor4
  (fun n c h w => pointwise exp z [n; c; h; w]).
Definition sum_axes (z : tensor A) : tensor A := tensor4
  (fun n c_ h w => Σ c < C, activation z [n; c; h; w]).
Definition softmax (z : tensor A) : tensor A := tensor4
  (fun n c h w => activation z [n; c; h; w] * (pointwise reciprocal (sum_axes z) [n; 0; h; w]%Z)).
Definition scaled (z : tensor A) : tensor A := tensor4
  (fun n c h w => delta [n; c; h; w] * softmax z [n; c; h; w]).
Definition sum_axes2 (z : tensor A) : tensor A := tensor4
  (fun n c_ h w => Σ c < C, scaled z [n; c; h; w]).
Definition difference (z : tensor A) : tensor A := tensor4
  (fun n c h w => delta [n; c; h; w] - sum_axes2 z [n; 0; h; w]%Z).
Definition closed_form (z : tensor A) : tensor A := tensor4
  (fun n c h w => softmax z [n; c; h; w] * difference z [n; c; h; w]).
(* what changes to first order when z changes by e *)
Definition activation_change (z e : tensor A) : tensor A := tensor4
  (fun n c h w => pointwise exp z [n; c; h; w] * e [n; c; h; w]).
Definition sum_axes_change (z e : tensor A) : tensor A := tensor4
  (fun n c_ h w => Σ c < C, activation_change z e [n; c; h; w]).
Definition softmax_change (z e : tensor A) : tensor A := tensor4
  (fun n c h w => activation_change z e [n; c; h; w] * (pointwise reciprocal (sum_axes z) [n; 0; h; w]%Z) + activation z [n; c; h; w] * ((- (pointwise reciprocal (sum_axes z) [n; 0; h; w]%Z * pointwise reciprocal (sum_axes z) [n; 0; h; w]%Z)) * sum_axes_change z e [n; 0; h; w]%Z)).

Theorem softmax_maps (z e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * softmax_change z e [n; c; h; w]
  = Σ n < N, Σ c < C, Σ h < H, Σ w < W, closed_form z [n; c; h; w] * e [n; c; h; w].
Proof.
  open_up ltac:(unfold softmax_change, sum_axes_change, activation_change, closed_form, difference, sum_axes2, scaled, softmax, sum_axes, activation).
  match goal with |- values outermost [?pleft1; ?pleft2] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c h w => (n, (c, (h, (w, (tt, tt))))))%Z
      (fun n c h w => (n, (c, (h, (w, tt)))))%Z.
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right2).
  { same_sum left2 right2 1
      (fun n c h w c2 => (n, (c2, (h, (w, ((c, tt), tt))))))%Z
      (fun n c h w c2 => (n, (c2, (h, (w, (c, tt))))))%Z.
    - intros n ?known c ?known h ?known w ?known c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known h ?known w ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2. numbers. ring.
Qed.
End certificate.
Print Assumptions softmax_maps.
