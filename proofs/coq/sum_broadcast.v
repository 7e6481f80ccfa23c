(* sum.broadcast: Through a sum to an operand that was repeated, one number for each map
   ∂J/∂b = delta.sum(axis=(2, 3), keepdims=True).sum(axis=(0,))
   For every N, C, H, W ≥ 1.
   J is the sum of delta times added. When b changes by ε·e, where the square of ε is 0, J changes
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
Variables a delta : tensor A.

Definition added (b : tensor A) : tensor A := tensor4
  (fun n c h w => a [n; c; h; w] + b [c; 0; 0]%Z).
Definition sum_axes : tensor A := tensor4
  (fun n c h_ w_ => Σ h < H, Σ w < W, delta [n; c; h; w]).
Definition closed_form : tensor A := tensor3
  (fun c h_ w_ => Σ n < N, sum_axes [n; c; h_; w_]).
(* what changes to first order when b changes by e *)
Definition added_change (b e : tensor A) : tensor A := tensor4
  (fun n c h w => e [c; 0; 0]%Z).

Lemma sum_broadcast_change (b e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * added_change b e [n; c; h; w]
  = Σ c < C, Σ h_ < 1, Σ w_ < 1, closed_form [c; h_; w_] * e [c; h_; w_].
Proof.
  open_up ltac:(unfold added_change, closed_form, sum_axes, added).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c h w => (c, (0, (0, ((n, (h, (w, tt))), tt)))))%Z
      (fun c h_ w_ n h w => (n, (c, (h, (w, tt)))))%Z.
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros c ?known h_ ?known w_ ?known n ?known h ?known w ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma added_moves (b e : tensor A) n c h w :
  added (moved b ε e) [n; c; h; w]
  = added b [n; c; h; w] + ε * added_change b e [n; c; h; w].
Proof. unfold added, added_change. first_order ε_square ltac:(idtac). Qed.
Theorem sum_broadcast (b e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * added (moved b ε e) [n; c; h; w]
  = (Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * added b [n; c; h; w])
    + ε * (Σ c < C, Σ h_ < 1, Σ w_ < 1, closed_form [c; h_; w_] * e [c; h_; w_]).
Proof.
  rewrite <- (sum_broadcast_change b e).
  first_order ε_square ltac:(rewrite ?added_moves).
Qed.
End certificate.
Print Assumptions sum_broadcast.
