(* conv_transpose1d.correlation: A transposed convolution is a correlation with the turned kernel,
   after inserting zeros
   conv_transpose1d(a, W, stride=(s,), padding=(p,), output_padding=(r,), dilation=(d,)) =
   correlate(pad(dilate(a, (s,)), ((K*d - p - d, K*d + r - p - d),)), rot180(swap(W)),
   dilation=(d,))
   For every N, C, H, M, K, s, d ≥ 1 and p, r ≥ 0 with H*s + K*d + r ≥ s + 2*p + d.
   conv_transpose1d and the closed form are the same tensor. *)
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
Variables n j o : Z.
Hypothesis n_inside : (0 <= n < N)%Z.
Hypothesis j_inside : (0 <= j < M)%Z.
Hypothesis o_inside : (0 <= o < H * s + K * d + r - s - 2 * p - d + 1)%Z.
Variables W a : tensor A.

Definition conv_transpose1d : tensor A := tensor3
  (fun n j o => Σ i < C, Σ y < H, Σ u < K, when (o + p =? s * y + d * u)%Z (a [n; i; y] * W [i; j; u])).
Definition dilate : tensor A := tensor3
  (fun n c h => Σ y < H, when (h =? s * y)%Z (a [n; c; y])).
Definition pad : tensor A := tensor3
  (fun n c h => when ((K * d <=? h + d + p) && (s + h + d + p <=? H * s + K * d))%Z (dilate [n; c; h + d + p - K * d]%Z)).
Definition swap : tensor A := tensor3
  (fun m c k => W [c; m; k]).
Definition rot180 : tensor A := tensor3
  (fun m c k => swap [m; c; K - k - 1]%Z).
Definition closed_form : tensor A := tensor3
  (fun n j y => Σ i < C, Σ u < K, pad [n; i; y + d * u]%Z * rot180 [j; i; u]).

Theorem conv_transpose1d_correlation :
  conv_transpose1d [n; j; o] = closed_form [n; j; o].
Proof.
  open_up ltac:(unfold closed_form, rot180, swap, pad, dilate, conv_transpose1d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun i y u => (i, (K - u - 1, ((y, tt), tt))))%Z
      (fun i u y => (i, (y, (K - u - 1, tt))))%Z.
    - intros i ?known y ?known u ?known. guards_known.
      multiply (s - 1)%Z (y)%Z.
      multiply (H - y - 1)%Z (s - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros i ?known u ?known y ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv_transpose1d_correlation.
