(* residual.activation: Through a residual connection around an activation
   ∂J/∂a = delta + hadamard(delta, σ'(a))
   For every N, C, H, W ≥ 1.
   When a changes by e, the first-order change of the sum of delta times added, by the chain rule,
   is that of the closed form times e. The derivative of a function may be any function. *)
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
Variables σ σ' : A -> A.

Definition activation (a : tensor A) : tensor A := tensor4
  (fun n c h w => pointwise σ a [n; c; h; w]).
Definition added (a : tensor A) : tensor A := tensor4
  (fun n c h w => a [n; c; h; w] + activation a [n; c; h; w]).
Definition activation2 (a : tensor A) : tensor A := tensor4
  (fun n c h w => pointwise σ' a [n; c; h; w]).
Definition hadamard (a : tensor A) : tensor A := tensor4
  (fun n c h w => delta [n; c; h; w] * activation2 a [n; c; h; w]).
Definition closed_form (a : tensor A) : tensor A := tensor4
  (fun n c h w => delta [n; c; h; w] + hadamard a [n; c; h; w]).
(* what changes to first order when a changes by e *)
Definition activation_change (a e : tensor A) : tensor A := tensor4
  (fun n c h w => pointwise σ' a [n; c; h; w] * e [n; c; h; w]).
Definition added_change (a e : tensor A) : tensor A := tensor4
  (fun n c h w => e [n; c; h; w] + activation_change a e [n; c; h; w]).

Theorem residual_activation (a e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * added_change a e [n; c; h; w]
  = Σ n < N, Σ c < C, Σ h < H, Σ w < W, closed_form a [n; c; h; w] * e [n; c; h; w].
Proof.
  open_up ltac:(unfold added_change, activation_change, closed_form, hadamard, activation2, added, activation).
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
      (fun n c h w => (n, (c, (h, (w, (tt, tt))))))%Z
      (fun n c h w => (n, (c, (h, (w, tt)))))%Z.
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2. numbers. ring.
Qed.
End certificate.
Print Assumptions residual_activation.
