(* activation.input: Through an activation of maps
   ∂J/∂z = hadamard(delta, σ'(z))
   For every N, C, H, W ≥ 1.
   When z changes by e, the first-order change of the sum of delta times activation, by the chain
   rule, is that of the closed form times e. The derivative of a function may be any function. *)
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

Definition activation (z : tensor A) : tensor A := tensor4
  (fun n c h w => pointwise σ z [n; c; h; w]).
Definition activation2 (z : tensor A) : tensor A := tensor4
  (fun n c h w => pointwise σ' z [n; c; h; w]).
Definition closed_form (z : tensor A) : tensor A := tensor4
  (fun n c h w => delta [n; c; h; w] * activation2 z [n; c; h; w]).
(* what changes to first order when z changes by e *)
Definition activation_change (z e : tensor A) : tensor A := tensor4
  (fun n c h w => pointwise σ' z [n; c; h; w] * e [n; c; h; w]).

Theorem activation_input (z e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * activation_change z e [n; c; h; w]
  = Σ n < N, Σ c < C, Σ h < H, Σ w < W, closed_form z [n; c; h; w] * e [n; c; h; w].
Proof.
  open_up ltac:(unfold activation_change, closed_form, activation2, activation).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c h w => (n, (c, (h, (w, tt)))))%Z
      (fun n c h w => (n, (c, (h, (w, tt)))))%Z.
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions activation_input.
