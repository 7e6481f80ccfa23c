(* global_avg_pool.input1d: Through global average pooling of 1-dimensional maps
   ∂J/∂a = expand(delta, ((H,),)) / H
   For every N, C, H ≥ 1.
   global_avg_pool is linear in a: for every e, the sum of delta times global_avg_pool of e is that
   of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Variables delta : tensor A.
Variable over_H : A.
Hypothesis over_H_law : integer H * over_H = 1.

Definition global_avg_pool (a : tensor A) : tensor A := tensor2
  (fun n c => over_H * (Σ h < H, a [n; c; h])).
Definition expand : tensor A := tensor3
  (fun n c e0 => delta [n; c]).
Definition closed_form : tensor A := tensor3
  (fun n c e0 => over_H * expand [n; c; e0]).

Theorem global_avg_pool_input1d (e : tensor A) :
  Σ n < N, Σ c < C, delta [n; c] * global_avg_pool e [n; c]
  = Σ n < N, Σ c < C, Σ e0 < H, closed_form [n; c; e0] * e [n; c; e0].
Proof.
  open_up ltac:(unfold closed_form, expand, global_avg_pool).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c h => (n, (c, (h, tt))))%Z
      (fun n c e0 => (n, (c, (e0, tt))))%Z.
    - intros n ?known c ?known h ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_H_law]]).
    - intros n ?known c ?known e0 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring [over_H_law].
Qed.
End certificate.
Print Assumptions global_avg_pool_input1d.
