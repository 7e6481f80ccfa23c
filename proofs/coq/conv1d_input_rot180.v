(* conv1d.input_rot180: Through a convolution of stride 1 without padding, as correlation with the
   turned kernel
   ∂J/∂a = correlate(pad(delta, (K - 1,)), rot180(swap(W)))
   For every N, C, H, M, K ≥ 1 with H ≥ K.
   conv1d is linear in a: for every e, the sum of delta times conv1d of e is that of the closed
   form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H M K : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis K_least : (1 <= K)%Z.
Hypothesis assumed : (K <= H)%Z.
Variables W delta : tensor A.

Definition conv1d (a : tensor A) : tensor A := tensor3
  (fun n j y => Σ i < C, Σ u < K, a [n; i; y + u]%Z * W [j; i; u]).
Definition pad : tensor A := tensor3
  (fun n m i => when ((K <=? i + 1) && (i <? H))%Z (delta [n; m; i - K + 1]%Z)).
Definition swap : tensor A := tensor3
  (fun c m k => W [m; c; k]).
Definition rot180 : tensor A := tensor3
  (fun c m k => swap [c; m; K - k - 1]%Z).
Definition closed_form : tensor A := tensor3
  (fun n j y => Σ i < M, Σ u < K, pad [n; i; y + u]%Z * rot180 [j; i; u]).

Theorem conv1d_input_rot180 (e : tensor A) :
  Σ n < N, Σ j < M, Σ y < (H - K + 1)%Z, delta [n; j; y] * conv1d e [n; j; y]
  = Σ n < N, Σ j < C, Σ y < H, closed_form [n; j; y] * e [n; j; y].
Proof.
  open_up ltac:(unfold closed_form, rot180, swap, pad, conv1d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j y i u => (n, (i, (y + u, ((j, (K - u - 1, (tt, tt))), tt)))))%Z
      (fun n j y i u => (n, (i, (y + u - K + 1, (j, (K - u - 1, tt))))))%Z.
    - intros n ?known j ?known y ?known i ?known u ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known j ?known y ?known i ?known u ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv1d_input_rot180.
