(* conv1d.grouped_weight: Kernel of a grouped convolution
   ∂J/∂W = [out[g, j, i, u] = Σ_{n<N, y<s*((H + 2*p + d - K*d - 1)//s) + 1} pad[n, g, i, d*u +
   y]·dilate[n, g, j, y]]
   For every N, G, C, H, M, K, d, s ≥ 1 and p ≥ 0 with H + 2*p + d ≥ K*d + 1.
   conv1d is linear in W: for every e, the sum of delta times conv1d of e is that of the closed
   form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N G C H M K p d s q : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis G_least : (1 <= G)%Z.
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

Definition pad : tensor A := tensor4
  (fun n g c h => when ((p <=? h) && (h <? H + p))%Z (a [n; g; c; h - p]%Z)).
Definition conv1d (W : tensor A) : tensor A := tensor4
  (fun n g j y => Σ i < C, Σ u < K, pad [n; g; i; s * y + d * u]%Z * W [g; j; i; u]).
Definition pad2 : tensor A := tensor4
  (fun n g c h => when ((p <=? h) && (h <? H + p))%Z (a [n; g; c; h - p]%Z)).
Definition dilate : tensor A := tensor4
  (fun n g m i => Σ y < (q + 1)%Z, when (i =? s * y)%Z (delta [n; g; m; y])).
Definition closed_form : tensor A := tensor4
  (fun g j i u => Σ n < N, Σ y < (q * s + 1)%Z, pad2 [n; g; i; d * u + y]%Z * dilate [n; g; j; y]).

Theorem conv1d_grouped_weight (e : tensor A) :
  Σ n < N, Σ g < G, Σ j < M, Σ y < (q + 1)%Z, delta [n; g; j; y] * conv1d e [n; g; j; y]
  = Σ g < G, Σ j < M, Σ i < C, Σ u < K, closed_form [g; j; i; u] * e [g; j; i; u].
Proof.
  open_up ltac:(unfold closed_form, dilate, pad2, conv1d, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n g j y i u => (g, (j, (i, (u, ((n, (s * y, (tt, (y, tt)))), tt))))))%Z
      (fun g j i u n y y2 => (n, (g, (j, (y2, (i, (u, (tt, tt))))))))%Z.
    - intros n ?known g ?known j ?known y ?known i ?known u ?known. guards_known.
      multiply (s - 1)%Z (y)%Z.
      multiply (q - y)%Z (s - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros g ?known j ?known i ?known u ?known n ?known y ?known y2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv1d_grouped_weight.
