(* conv1d.weight: Kernel of a convolution
   ∂J/∂W = swap(correlate(swap(pad(a, ((p, K*d + s*((H + 2*p + d - K*d - 1)//s) - H - p - d +
   1),))), swap(dilate(delta, (s,))), stride=(d,)))
   For every N, C, H, M, K, d, s ≥ 1 and p ≥ 0 with H + 2*p + d ≥ K*d + 1.
   conv1d is linear in W: for every e, the sum of delta times conv1d of e is that of the closed
   form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H M K p d s q : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis K_least : (1 <= K)%Z.
Hypothesis p_least : (0 <= p)%Z.
Hypothesis d_least : (1 <= d)%Z.
Hypothesis s_least : (1 <= s)%Z.
(* q is (2 * p + H + d - K * d - 1) / s, rounded down *)
Hypothesis q_floor : (s * q <= 2 * p + H + d - K * d - 1 < s * q + s)%Z.
Hypothesis assumed : (K * d < 2 * p + H + d)%Z.
Variables a delta : tensor A.

Definition pad : tensor A := tensor3
  (fun n c h => when ((p <=? h) && (h <? H + p))%Z (a [n; c; h - p]%Z)).
Definition conv1d (W : tensor A) : tensor A := tensor3
  (fun n j y => Σ i < C, Σ u < K, pad [n; i; s * y + d * u]%Z * W [j; i; u]).
Definition pad2 : tensor A := tensor3
  (fun n c h => when ((p <=? h) && (h <? H + p))%Z (a [n; c; h - p]%Z)).
Definition swap : tensor A := tensor3
  (fun c n h => pad2 [n; c; h]).
Definition dilate : tensor A := tensor3
  (fun n m i => Σ y < (q + 1)%Z, when (i =? s * y)%Z (delta [n; m; y])).
Definition swap2 : tensor A := tensor3
  (fun m n i => dilate [n; m; i]).
Definition correlate : tensor A := tensor3
  (fun c j y => Σ i < N, Σ u < (q * s + 1)%Z, swap [c; i; d * y + u]%Z * swap2 [j; i; u]).
Definition closed_form : tensor A := tensor3
  (fun j c y => correlate [c; j; y]).

Theorem conv1d_weight (e : tensor A) :
  Σ n < N, Σ j < M, Σ y < (q + 1)%Z, delta [n; j; y] * conv1d e [n; j; y]
  = Σ j < M, Σ c < C, Σ y < K, closed_form [j; c; y] * e [j; c; y].
Proof.
  open_up ltac:(unfold closed_form, correlate, swap2, dilate, swap, pad2, conv1d, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j y i u => (j, (i, (u, ((n, (s * y, (tt, (y, tt)))), tt)))))%Z
      (fun j c y i u y2 => (i, (j, (y2, (c, (y, (tt, tt)))))))%Z.
    - intros n ?known j ?known y ?known i ?known u ?known. guards_known.
      multiply (s - 1)%Z (y)%Z.
      multiply (q - y)%Z (s - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros j ?known c ?known y ?known i ?known u ?known y2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv1d_weight.
