(* flatten.linear_input: Through a fully connected layer back into the maps that were flattened
   ∂J/∂a = unflatten(delta @ W)
   For every N, C, H, W, O ≥ 1.
   linear is linear in a: for every e, the sum of delta times linear of e is that of the closed
   form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H W O : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis O_least : (1 <= O)%Z.
Variables W2 delta : tensor A.

Definition flatten (a : tensor A) : tensor A := tensor4
  (fun n c h w => a [n; c; h; w]).
Definition linear (a : tensor A) : tensor A := tensor2
  (fun n j => Σ i < C, Σ i' < H, Σ i'' < W, flatten a [n; i; i'; i''] * W2 [j; i; i'; i'']).
Definition matmul : tensor A := tensor4
  (fun n c h w => Σ o < O, delta [n; o] * W2 [o; c; h; w]).
Definition closed_form : tensor A := tensor4
  (fun n c h w => matmul [n; c; h; w]).

Theorem flatten_linear_input (e : tensor A) :
  Σ n < N, Σ j < O, delta [n; j] * linear e [n; j]
  = Σ n < N, Σ c < C, Σ h < H, Σ w < W, closed_form [n; c; h; w] * e [n; c; h; w].
Proof.
  open_up ltac:(unfold closed_form, matmul, linear, flatten).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j i i' i'' => (n, (i, (i', (i'', ((j, tt), tt))))))%Z
      (fun n c h w o => (n, (o, (c, (h, (w, tt))))))%Z.
    - intros n ?known j ?known i ?known i' ?known i'' ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known h ?known w ?known o ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions flatten_linear_input.
