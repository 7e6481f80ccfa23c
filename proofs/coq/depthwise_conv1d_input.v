(* depthwise_conv1d.input: Through a depthwise convolution
   ∂J/∂a = [out[n, c, y] = correlate[n, c, 0, y]]
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
Definition conv1d (a : tensor A) : tensor A := tensor4
  (fun n g j y => Σ i < 1, Σ u < K, pad a [n; g; s * y + d * u]%Z * W [g; j; i; u]).
Definition dilate : tensor A := tensor4
  (fun n c m i => Σ y < (q + 1)%Z, when (i =? s * y)%Z (delta [n; c; m; y])).
Definition pad2 : tensor A := tensor4
  (fun n c m i => when ((K * d <=? i + d + p) && (i + d + p <=? q * s + K * d))%Z (dilate [n; c; m; i + d + p - K * d]%Z)).
Definition swap : tensor A := tensor4
  (fun g i j k => W [g; j; i; k]).
Definition rot180 : tensor A := tensor4
  (fun g i j k => swap [g; i; j; K - k - 1]%Z).
Definition correlate : tensor A := tensor4
  (fun n g j y => Σ i < M, Σ u < K, pad2 [n; g; i; y + d * u]%Z * rot180 [g; j; i; u]).
Definition closed_form : tensor A := tensor3
  (fun n c y => correlate [n; c; 0; y]%Z).

Theorem depthwise_conv1d_input (e : tensor A) :
  Σ n < N, Σ g < C, Σ j < M, Σ y < (q + 1)%Z, delta [n; g; j; y] * conv1d e [n; g; j; y]
  = Σ n < N, Σ c < C, Σ y < H, closed_form [n; c; y] * e [n; c; y].
Proof.
  open_up ltac:(unfold closed_form, correlate, rot180, swap, pad2, dilate, conv1d, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n g j y i u => (n, (g, (s * y + d * u - p, ((j, (K - u - 1, ((y, tt), tt))), tt)))))%Z
      (fun n c y i u y2 => (n, (c, (i, (y2, (0, (K - u - 1, (tt, tt))))))))%Z.
    - intros n ?known g ?known j ?known y ?known i ?known u ?known. guards_known.
      multiply (s - 1)%Z (y)%Z.
      multiply (q - y)%Z (s - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known y ?known i ?known u ?known y2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions depthwise_conv1d_input.
