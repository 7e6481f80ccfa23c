(* avg_pool1d.input_overlap: Through average pooling with overlapping windows, stride and padding
   ∂J/∂a = correlate(pad(dilate(delta, (s,)), ((k - p - 1, H + p - s*((H + 2*p - k)//s) - 1),)),
   full(1, (C, 1, k)), groups=C) / k
   For every N, C, H, k, s ≥ 1 and p ≥ 0 with H + 2*p ≥ k.
   avg_pool1d is linear in a: for every e, the sum of delta times avg_pool1d of e is that of the
   closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H p k s q : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis p_least : (0 <= p)%Z.
Hypothesis k_least : (1 <= k)%Z.
Hypothesis s_least : (1 <= s)%Z.
(* q is (H + 2 * p - k) / s, rounded down *)
Hypothesis q_floor : (s * q <= H + 2 * p - k < s * q + s)%Z.
Hypothesis assumed : (k <= H + 2 * p)%Z.
Variables delta : tensor A.
Variable over_k : A.
Hypothesis over_k_law : integer k * over_k = 1.

Definition pad (a : tensor A) : tensor A := tensor3
  (fun n c h => when ((p <=? h) && (h <? H + p))%Z (a [n; c; h - p]%Z)).
Definition avg_pool1d (a : tensor A) : tensor A := tensor3
  (fun n c y => over_k * (Σ u < k, pad a [n; c; s * y + u]%Z)).
Definition dilate : tensor A := tensor3
  (fun n c i => Σ y < (q + 1)%Z, when (i =? s * y)%Z (delta [n; c; y])).
Definition pad2 : tensor A := tensor3
  (fun n c i => when ((k <=? i + p + 1) && (i + p <? q * s + k))%Z (dilate [n; c; i + p - k + 1]%Z)).
Definition full : tensor A := tensor3
  (fun i0 i1 i2 => 1).
Definition correlate : tensor A := tensor3
  (fun n j y => Σ i < 1, Σ u < k, pad2 [n; j; y + u]%Z * full [j; i; u]).
Definition closed_form : tensor A := tensor3
  (fun n j y => over_k * correlate [n; j; y]).

Theorem avg_pool1d_input_overlap (e : tensor A) :
  Σ n < N, Σ c < C, Σ y < (q + 1)%Z, delta [n; c; y] * avg_pool1d e [n; c; y]
  = Σ n < N, Σ j < C, Σ y < H, closed_form [n; j; y] * e [n; j; y].
Proof.
  open_up ltac:(unfold closed_form, correlate, full, pad2, dilate, avg_pool1d, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c y u => (n, (c, (s * y + u - p, ((0, (k - u - 1, ((y, tt), tt))), tt)))))%Z
      (fun n j y i u y2 => (n, (j, (y2, (y + p - s * y2, tt)))))%Z.
    - intros n ?known c ?known y ?known u ?known. guards_known.
      multiply (s - 1)%Z (y)%Z.
      multiply (q - y)%Z (s - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_k_law]]).
    - intros n ?known j ?known y ?known i ?known u ?known y2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring [over_k_law].
Qed.
End certificate.
Print Assumptions avg_pool1d_input_overlap.
