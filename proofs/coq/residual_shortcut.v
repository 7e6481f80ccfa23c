(* residual.shortcut: Through a sum of maps, to either side
   ∂J/∂a = delta
   For every N, C, H, W ≥ 1.
   J is the sum of delta times added. When a changes by ε·e, where the square of ε is 0, J changes
   by ε times the sum of the closed form times e. *)
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

Definition added (a : tensor A) : tensor A := tensor4
  (fun n c h w => a [n; c; h; w] + b [n; c; h; w]).
Definition closed_form : tensor A := tensor4
  (fun i0 i1 i2 i3 => delta [i0; i1; i2; i3]).
(* what changes to first order when a changes by e *)
Definition added_change (a e : tensor A) : tensor A := tensor4
  (fun n c h w => e [n; c; h; w]).

Lemma residual_shortcut_change (a e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * added_change a e [n; c; h; w]
  = Σ i0 < N, Σ i1 < C, Σ i2 < H, Σ i3 < W, closed_form [i0; i1; i2; i3] * e [i0; i1; i2; i3].
Proof.
  open_up ltac:(unfold added_change, closed_form, added).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c h w => (n, (c, (h, (w, tt)))))%Z
      (fun i0 i1 i2 i3 => (i0, (i1, (i2, (i3, tt)))))%Z.
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros i0 ?known i1 ?known i2 ?known i3 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma added_moves (a e : tensor A) n c h w :
  added (moved a ε e) [n; c; h; w]
  = added a [n; c; h; w] + ε * added_change a e [n; c; h; w].
Proof. unfold added, added_change. first_order ε_square ltac:(idtac). Qed.
Theorem residual_shortcut (a e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * added (moved a ε e) [n; c; h; w]
  = (Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * added a [n; c; h; w])
    + ε * (Σ i0 < N, Σ i1 < C, Σ i2 < H, Σ i3 < W, closed_form [i0; i1; i2; i3] * e [i0; i1; i2; i3]).
Proof.
  rewrite <- (residual_shortcut_change a e).
  first_order ε_square ltac:(rewrite ?added_moves).
Qed.
End certificate.
Print Assumptions residual_shortcut.
