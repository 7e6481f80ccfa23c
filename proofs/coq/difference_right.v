(* difference.right: Through a difference to what is subtracted
   ∂J/∂b = -delta
   For every N, C, H, W ≥ 1.
   J is the sum of delta times difference. When b changes by ε·e, where the square of ε is 0, J
   changes by ε times the sum of the closed form times e. *)
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

Definition difference (b : tensor A) : tensor A := tensor4
  (fun n c h w => a [n; c; h; w] - b [n; c; h; w]).
Definition closed_form : tensor A := tensor4
  (fun n c h w => - delta [n; c; h; w]).
(* what changes to first order when b changes by e *)
Definition difference_change (b e : tensor A) : tensor A := tensor4
  (fun n c h w => - e [n; c; h; w]).

Lemma difference_right_change (b e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * difference_change b e [n; c; h; w]
  = Σ n < N, Σ c < C, Σ h < H, Σ w < W, closed_form [n; c; h; w] * e [n; c; h; w].
Proof.
  open_up ltac:(unfold difference_change, closed_form, difference).
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

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma difference_moves (b e : tensor A) n c h w :
  difference (moved b ε e) [n; c; h; w]
  = difference b [n; c; h; w] + ε * difference_change b e [n; c; h; w].
Proof. unfold difference, difference_change. first_order ε_square ltac:(idtac). Qed.
Theorem difference_right (b e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * difference (moved b ε e) [n; c; h; w]
  = (Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * difference b [n; c; h; w])
    + ε * (Σ n < N, Σ c < C, Σ h < H, Σ w < W, closed_form [n; c; h; w] * e [n; c; h; w]).
Proof.
  rewrite <- (difference_right_change b e).
  first_order ε_square ltac:(rewrite ?difference_moves).
Qed.
End certificate.
Print Assumptions difference_right.
