(* depthwise_conv1d.separable_input: Through a depthwise separable convolution: a depthwise one,
   then one of 1×1 kernels
   ∂J/∂a = [out[n, c, y] = correlate[n, c, 0, y]]
   For every N, C, H, M, K, O, d, s ≥ 1 and p ≥ 0 with H + 2*p + d ≥ K*d + 1.
   conv1d2 is linear in a: for every e, the sum of delta times conv1d2 of e is that of the closed
   form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H M K O p d s q : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis K_least : (1 <= K)%Z.
Hypothesis O_least : (1 <= O)%Z.
Hypothesis p_least : (0 <= p)%Z.
Hypothesis d_least : (1 <= d)%Z.
Hypothesis s_least : (1 <= s)%Z.
(* q is (2 * p + H + d - K * d - 1) / s, rounded down *)
Hypothesis q_floor : (s * q <= 2 * p + H + d - K * d - 1 < s * q + s)%Z.
Hypothesis assumed : (K * d < 2 * p + H + d)%Z.
Variables V W delta : tensor A.

Definition pad (a : tensor A) : tensor A := tensor3
  (fun n c h => when ((p <=? h) && (h <? H + p))%Z (a [n; c; h - p]%Z)).
Definition conv1d (a : tensor A) : tensor A := tensor4
  (fun n g j y => Σ i < 1, Σ u < K, pad a [n; g; s * y + d * u]%Z * W [g; j; i; u]).
Definition conv1d2 (a : tensor A) : tensor A := tensor3
  (fun n j y => Σ i < C, Σ i' < M, Σ u < 1, conv1d a [n; i; i'; y + u]%Z * V [j; i; i'; u]).
Definition pad2 : tensor A := tensor3
  (fun n o i => when ((0 <=? i) && (i <=? q))%Z (delta [n; o; i])).
Definition swap : tensor A := tensor4
  (fun c m o i => V [o; c; m; i]).
Definition rot180 : tensor A := tensor4
  (fun c m o i => swap [c; m; o; -i]%Z).
Definition correlate : tensor A := tensor4
  (fun n j j' y => Σ i < O, Σ u < 1, pad2 [n; i; y + u]%Z * rot180 [j; j'; i; u]).
Definition dilate : tensor A := tensor4
  (fun n j j' y => Σ y' < (q + 1)%Z, when (y =? s * y')%Z (correlate [n; j; j'; y'])).
Definition pad3 : tensor A := tensor4
  (fun n j j' y => when ((K * d <=? y + d + p) && (y + d + p <=? q * s + K * d))%Z (dilate [n; j; j'; y + d + p - K * d]%Z)).
Definition swap2 : tensor A := tensor4
  (fun g i j k => W [g; j; i; k]).
Definition rot1802 : tensor A := tensor4
  (fun g i j k => swap2 [g; i; j; K - k - 1]%Z).
Definition correlate2 : tensor A := tensor4
  (fun n g j y => Σ i < M, Σ u < K, pad3 [n; g; i; y + d * u]%Z * rot1802 [g; j; i; u]).
Definition closed_form : tensor A := tensor3
  (fun n c y => correlate2 [n; c; 0; y]%Z).

Theorem depthwise_conv1d_separable_input (e : tensor A) :
  Σ n < N, Σ j < O, Σ y < (q + 1)%Z, delta [n; j; y] * conv1d2 e [n; j; y]
  = Σ n < N, Σ c < C, Σ y < H, closed_form [n; c; y] * e [n; c; y].
Proof.
  open_up ltac:(unfold closed_form, correlate2, rot1802, swap2, pad3, dilate, correlate, rot180, swap, pad2, conv1d2, conv1d, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j y i i' u i2 u2 => (n, (i, (s * y + s * u + d * u2 - p, ((i', (K - u2 - 1, ((y + u, (j, (-u, (tt, tt)))), tt))), tt)))))%Z
      (fun n c y i u y' i2 u2 => (n, (i2, (y' + u2, (c, (i, (-u2, ((0, (K - u - 1, (tt, tt))), tt))))))))%Z.
    - intros n ?known j ?known y ?known i ?known i' ?known u ?known i2 ?known u2 ?known. guards_known.
      multiply (s - 1)%Z (u)%Z.
      multiply (s - 1)%Z (y)%Z.
      multiply (s - 1)%Z (-u)%Z.
      multiply (q - y)%Z (s - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known y ?known i ?known u ?known y' ?known i2 ?known u2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions depthwise_conv1d_separable_input.
