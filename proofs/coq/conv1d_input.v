(* conv1d.input: Through a convolution
   ∂J/∂a = correlate(pad(dilate(delta, (s,)), ((K*d - p - d, H + p - s*((H + 2*p + d - K*d - 1)//s)
   - 1),)), rot180(swap(W)), dilation=(d,))
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
Definition dilate : tensor A := tensor3
  (fun n m i => Σ y < (q + 1)%Z, when (i =? s * y)%Z (delta [n; m; y])).
Definition pad2 : tensor A := tensor3
  (fun n m i => when ((K * d <=? i + d + p) && (i + d + p <=? q * s + K * d))%Z (dilate [n; m; i + d + p - K * d]%Z)).
Definition swap : tensor A := tensor3
  (fun c m k => W [m; c; k]).
Definition rot180 : tensor A := tensor3
  (fun c m k => swap [c; m; K - k - 1]%Z).
Definition closed_form : tensor A := tensor3
  (fun n j y => Σ i < M, Σ u < K, pad2 [n; i; y + d * u]%Z * rot180 [j; i; u]).

Theorem conv1d_input (e : tensor A) :
  Σ n < N, Σ j < M, Σ y < (q + 1)%Z, delta [n; j; y] * conv1d e [n; j; y]
  = Σ n < N, Σ j < C, Σ y < H, closed_form [n; j; y] * e [n; j; y].
Proof.
  open_up ltac:(unfold closed_form, rot180, swap, pad2, dilate, conv1d, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j y i u => (n, (i, (s * y + d * u - p, ((j, (K - u - 1, ((y, tt), tt))), tt)))))%Z
      (fun n j y i u y2 => (n, (i, (y2, (j, (K - u - 1, (tt, tt)))))))%Z.
    - intros n ?known j ?known y ?known i ?known u ?known. guards_known.
      multiply (s - 1)%Z (y)%Z.
      multiply (q - y)%Z (s - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known j ?known y ?known i ?known u ?known y2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv1d_input.
