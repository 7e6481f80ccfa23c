(* global_avg_pool.input3d: Through global average pooling of 3-dimensional maps
   ∂J/∂a = expand(delta, ((D,), (H,), (W,))) / D / H / W
   For every N, C, D, H, W ≥ 1.
   global_avg_pool is linear in a: for every e, the sum of delta times global_avg_pool of e is that
   of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C D H W : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis D_least : (1 <= D)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Variables delta : tensor A.
Variable over_D : A.
Hypothesis over_D_law : integer D * over_D = 1.
Variable over_H : A.
Hypothesis over_H_law : integer H * over_H = 1.
Variable over_W : A.
Hypothesis over_W_law : integer W * over_W = 1.

Definition global_avg_pool (a : tensor A) : tensor A := tensor2
  (fun n c => (over_D * over_H * over_W) * (Σ d < D, Σ h < H, Σ w < W, a [n; c; d; h; w])).
Definition expand : tensor A := tensor5
  (fun n c e0 e1 e2 => delta [n; c]).
Definition quotient : tensor A := tensor5
  (fun n c e0 e1 e2 => over_D * expand [n; c; e0; e1; e2]).
Definition quotient2 : tensor A := tensor5
  (fun n c e0 e1 e2 => over_H * quotient [n; c; e0; e1; e2]).
Definition closed_form : tensor A := tensor5
  (fun n c e0 e1 e2 => over_W * quotient2 [n; c; e0; e1; e2]).

Theorem global_avg_pool_input3d (e : tensor A) :
  Σ n < N, Σ c < C, delta [n; c] * global_avg_pool e [n; c]
  = Σ n < N, Σ c < C, Σ e0 < D, Σ e1 < H, Σ e2 < W, closed_form [n; c; e0; e1; e2] * e [n; c; e0; e1; e2].
Proof.
  open_up ltac:(unfold closed_form, quotient2, quotient, expand, global_avg_pool).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c d h w => (n, (c, (d, (h, (w, tt))))))%Z
      (fun n c e0 e1 e2 => (n, (c, (e0, (e1, (e2, tt))))))%Z.
    - intros n ?known c ?known d ?known h ?known w ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_D_law over_H_law over_W_law]]).
    - intros n ?known c ?known e0 ?known e1 ?known e2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring [over_D_law over_H_law over_W_law].
Qed.
End certificate.
Print Assumptions global_avg_pool_input3d.
