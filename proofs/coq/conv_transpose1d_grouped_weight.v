(* conv_transpose1d.grouped_weight: Kernel of a grouped transposed convolution
   ∂J/∂W = [out[g, j, i, u] = Σ_{n<N, y<H*s - s + 1} pad[n, g, i, d*u + y]·dilate[n, g, j, y]]
   For every N, G, C, H, M, K, s, d ≥ 1 and p, r ≥ 0 with H*s + K*d + r ≥ s + 2*p + d.
   conv_transpose1d is linear in W: for every e, the sum of delta times conv_transpose1d of e is
   that of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N G C H M K s p d r : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis G_least : (1 <= G)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis K_least : (1 <= K)%Z.
Hypothesis s_least : (1 <= s)%Z.
Hypothesis p_least : (0 <= p)%Z.
Hypothesis d_least : (1 <= d)%Z.
Hypothesis r_least : (0 <= r)%Z.
Hypothesis assumed : (s + 2 * p + d <= H * s + K * d + r)%Z.
Variables a delta : tensor A.

Definition conv_transpose1d (W : tensor A) : tensor A := tensor4
  (fun n g j o => Σ i < C, Σ y < H, Σ u < K, when (o + p =? s * y + d * u)%Z (a [n; g; i; y] * W [g; i; j; u])).
Definition pad : tensor A := tensor4
  (fun n g m i => when ((p <=? i) && (s + p + d + i <=? H * s + K * d + r))%Z (delta [n; g; m; i - p]%Z)).
Definition dilate : tensor A := tensor4
  (fun n g c h => Σ y < H, when (h =? s * y)%Z (a [n; g; c; y])).
Definition closed_form : tensor A := tensor4
  (fun g j i u => Σ n < N, Σ y < (H * s - s + 1)%Z, pad [n; g; i; d * u + y]%Z * dilate [n; g; j; y]).

Theorem conv_transpose1d_grouped_weight (e : tensor A) :
  Σ n < N, Σ g < G, Σ j < M, Σ o < (H * s + K * d + r - s - 2 * p - d + 1)%Z, delta [n; g; j; o] * conv_transpose1d e [n; g; j; o]
  = Σ g < G, Σ j < C, Σ i < M, Σ u < K, closed_form [g; j; i; u] * e [g; j; i; u].
Proof.
  open_up ltac:(unfold closed_form, dilate, pad, conv_transpose1d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n g j o i y u => (g, (i, (j, (u, ((n, (s * y, (tt, (y, tt)))), tt))))))%Z
      (fun g j i u n y y2 => (n, (g, (i, (d * u + y - p, (j, (y2, (u, tt))))))))%Z.
    - intros n ?known g ?known j ?known o ?known i ?known y ?known u ?known. guards_known.
      multiply (s - 1)%Z (y)%Z.
      multiply (H - y - 1)%Z (s - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros g ?known j ?known i ?known u ?known n ?known y ?known y2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv_transpose1d_grouped_weight.
