(* conv_transpose1d.of_conv1d: The gradient of a convolution by its input is a transposed
   convolution of δ
   ∂J/∂a = conv_transpose1d(delta, W, stride=(s,), padding=(p,), output_padding=(H + 2*p + d - K*d
   - s*((H + 2*p + d - K*d - 1)//s) - 1,), dilation=(d,))
   For every N, C, H, M, K, d, s ≥ 1 and p ≥ 0 with H + 2*p + d ≥ K*d + 1.
   conv1d is linear in a: for every e, the sum of delta times conv1d of e is that of the closed
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
Variables W delta : tensor A.

Definition pad (a : tensor A) : tensor A := tensor3
  (fun n c h => when ((p <=? h) && (h <? H + p))%Z (a [n; c; h - p]%Z)).
Definition conv1d (a : tensor A) : tensor A := tensor3
  (fun n j y => Σ i < C, Σ u < K, pad a [n; i; s * y + d * u]%Z * W [j; i; u]).
Definition closed_form : tensor A := tensor3
  (fun n j o => Σ i < M, Σ y < (q + 1)%Z, Σ u < K, when (o + p =? s * y + d * u)%Z (delta [n; i; y] * W [i; j; u])).

Theorem conv_transpose1d_of_conv1d (e : tensor A) :
  Σ n < N, Σ j < M, Σ y < (q + 1)%Z, delta [n; j; y] * conv1d e [n; j; y]
  = Σ n < N, Σ j < C, Σ o < H, closed_form [n; j; o] * e [n; j; o].
Proof.
  open_up ltac:(unfold closed_form, conv1d, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j y i u => (n, (i, (s * y + d * u - p, ((j, (y, (u, tt))), tt)))))%Z
      (fun n j o i y u => (n, (i, (y, (j, (u, (tt, tt)))))))%Z.
    - intros n ?known j ?known y ?known i ?known u ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known j ?known o ?known i ?known y ?known u ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv_transpose1d_of_conv1d.
