(* product.left: Through a product, entry by entry
   ∂J/∂a = delta * b
   For every N, C, H, W ≥ 1.
   scaled is linear in a: for every e, the sum of delta times scaled of e is that of the closed
   form times e. *)
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
Variables b delta : tensor A.

Definition scaled (a : tensor A) : tensor A := tensor4
  (fun n c h w => a [n; c; h; w] * b [n; c; h; w]).
Definition closed_form : tensor A := tensor4
  (fun n c h w => delta [n; c; h; w] * b [n; c; h; w]).

Theorem product_left (e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * scaled e [n; c; h; w]
  = Σ n < N, Σ c < C, Σ h < H, Σ w < W, closed_form [n; c; h; w] * e [n; c; h; w].
Proof.
  open_up ltac:(unfold closed_form, scaled).
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
Print Assumptions product_left.
