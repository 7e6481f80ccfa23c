(* concat.last: Through a concatenation of maps into the last operand
   ∂J/∂c = delta[:, A + B:C + A + B, :, :]
   For every N, A, H, W, B, C ≥ 1.
   J is the sum of delta times concat. When c changes by ε·e, where the square of ε is 0, J changes
   by ε times the sum of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable R : commutative_ring.
Add Ring the_ring : (laws R).
Local Open Scope ring_scope.

Variables N A H W B C : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis A_least : (1 <= A)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis B_least : (1 <= B)%Z.
Hypothesis C_least : (1 <= C)%Z.
Variables b a delta : tensor R.

Definition concat (c : tensor R) : tensor R := tensor4
  (fun n a' h w => when ((0 <=? a') && (a' <? A))%Z (a [n; a'; h; w]) + when ((A <=? a') && (a' <? B + A))%Z (b [n; a' - A; h; w]%Z) + when ((A + B <=? a') && (a' <? C + A + B))%Z (c [n; a' - A - B; h; w]%Z)).
Definition closed_form : tensor R := tensor4
  (fun n i h w => delta [n; A + B + i; h; w]%Z).
(* what changes to first order when c changes by e *)
Definition concat_change (c e : tensor R) : tensor R := tensor4
  (fun n a' h w => when ((A + B <=? a') && (a' <? C + A + B))%Z (e [n; a' - A - B; h; w]%Z)).

Lemma concat_last_change (c e : tensor R) :
  Σ n < N, Σ a' < (A + B + C)%Z, Σ h < H, Σ w < W, delta [n; a'; h; w] * concat_change c e [n; a'; h; w]
  = Σ n < N, Σ i < C, Σ h < H, Σ w < W, closed_form [n; i; h; w] * e [n; i; h; w].
Proof.
  open_up ltac:(unfold concat_change, closed_form, concat).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n a' h w => (n, (a' - A - B, (h, (w, tt)))))%Z
      (fun n i h w => (n, (A + B + i, (h, (w, tt)))))%Z.
    - intros n ?known a' ?known h ?known w ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known h ?known w ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.

Variable ε : R.
Hypothesis ε_square : ε * ε = 0.
Lemma concat_moves (c e : tensor R) n a' h w :
  concat (moved c ε e) [n; a'; h; w]
  = concat c [n; a'; h; w] + ε * concat_change c e [n; a'; h; w].
Proof. unfold concat, concat_change. first_order ε_square ltac:(idtac). Qed.
Theorem concat_last (c e : tensor R) :
  Σ n < N, Σ a' < (A + B + C)%Z, Σ h < H, Σ w < W, delta [n; a'; h; w] * concat (moved c ε e) [n; a'; h; w]
  = (Σ n < N, Σ a' < (A + B + C)%Z, Σ h < H, Σ w < W, delta [n; a'; h; w] * concat c [n; a'; h; w])
    + ε * (Σ n < N, Σ i < C, Σ h < H, Σ w < W, closed_form [n; i; h; w] * e [n; i; h; w]).
Proof.
  rewrite <- (concat_last_change c e).
  first_order ε_square ltac:(rewrite ?concat_moves).
Qed.
End certificate.
Print Assumptions concat_last.
