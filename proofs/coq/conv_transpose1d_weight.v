(* conv_transpose1d.weight: Kernel of a transposed convolution
   ∂J/∂W = swap(correlate(swap(pad(delta, ((p, p - r),))), swap(dilate(a, (s,))), stride=(d,)))
   For every N, C, H, M, K, s, d ≥ 1 and p, r ≥ 0 with H*s + K*d + r ≥ s + 2*p + d.
   conv_transpose1d is linear in W: for every e, the sum of delta times conv_transpose1d of e is
   that of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H M K s p d r : Z.
Hypothesis N_least : (1 <= N)%Z.
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

Definition conv_transpose1d (W : tensor A) : tensor A := tensor3
  (fun n j o => Σ i < C, Σ y < H, Σ u < K, when (o + p =? s * y + d * u)%Z (a [n; i; y] * W [i; j; u])).
Definition pad : tensor A := tensor3
  (fun n m i => when ((p <=? i) && (s + p + d + i <=? H * s + K * d + r))%Z (delta [n; m; i - p]%Z)).
Definition swap : tensor A := tensor3
  (fun m n i => pad [n; m; i]).
Definition dilate : tensor A := tensor3
  (fun n c h => Σ y < H, when (h =? s * y)%Z (a [n; c; y])).
Definition swap2 : tensor A := tensor3
  (fun c n h => dilate [n; c; h]).
Definition correlate : tensor A := tensor3
  (fun m j y => Σ i < N, Σ u < (H * s - s + 1)%Z, swap [m; i; d * y + u]%Z * swap2 [j; i; u]).
Definition closed_form : tensor A := tensor3
  (fun j m y => correlate [m; j; y]).

Theorem conv_transpose1d_weight (e : tensor A) :
  Σ n < N, Σ j < M, Σ o < (H * s + K * d + r - s - 2 * p - d + 1)%Z, delta [n; j; o] * conv_transpose1d e [n; j; o]
  = Σ j < C, Σ m < M, Σ y < K, closed_form [j; m; y] * e [j; m; y].
Proof.
  open_up ltac:(unfold closed_form, correlate, swap2, dilate, swap, pad, conv_transpose1d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j o i y u => (i, (j, (u, ((n, (s * y, (tt, (y, tt)))), tt)))))%Z
      (fun j m y i u y2 => (i, (m, (d * y + u - p, (j, (y2, (y, tt)))))))%Z.
    - intros n ?known j ?known o ?known i ?known y ?known u ?known. guards_known.
      multiply (s - 1)%Z (y)%Z.
      multiply (H - y - 1)%Z (s - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros j ?known m ?known y ?known i ?known u ?known y2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv_transpose1d_weight.
