(* conv1d.weight_valid: Kernel of a convolution of stride 1 without padding
   ∂J/∂W = swap(correlate(swap(a), swap(delta)))
   For every N, C, H, M, K ≥ 1 with H ≥ K.
   conv1d is linear in W: for every e, the sum of delta times conv1d of e is that of the closed
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
Variables a delta : tensor A.

Definition conv1d (W : tensor A) : tensor A := tensor3
  (fun n j y => Σ i < C, Σ u < K, a [n; i; y + u]%Z * W [j; i; u]).
Definition swap : tensor A := tensor3
  (fun c n h => a [n; c; h]).
Definition swap2 : tensor A := tensor3
  (fun m n i => delta [n; m; i]).
Definition correlate : tensor A := tensor3
  (fun c j y => Σ i < N, Σ u < (H - K + 1)%Z, swap [c; i; y + u]%Z * swap2 [j; i; u]).
Definition closed_form : tensor A := tensor3
  (fun j c y => correlate [c; j; y]).

Theorem conv1d_weight_valid (e : tensor A) :
  Σ n < N, Σ j < M, Σ y < (H - K + 1)%Z, delta [n; j; y] * conv1d e [n; j; y]
  = Σ j < M, Σ c < C, Σ y < K, closed_form [j; c; y] * e [j; c; y].
Proof.
  open_up ltac:(unfold closed_form, correlate, swap2, swap, conv1d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j y i u => (j, (i, (u, ((n, (y, tt)), tt)))))%Z
      (fun j c y i u => (i, (j, (u, (c, (y, tt))))))%Z.
    - intros n ?known j ?known y ?known i ?known u ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros j ?known c ?known y ?known i ?known u ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv1d_weight_valid.
