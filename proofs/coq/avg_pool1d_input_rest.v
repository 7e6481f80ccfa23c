(* avg_pool1d.input_rest: Through average pooling without overlap, with a rest that no window
   covers
   ∂J/∂a = pad(upsample(delta, (k,)), ((0, H - k*(H//k)),)) / k
   For every N, C, H, k ≥ 1 with H ≥ k.
   avg_pool1d is linear in a: for every e, the sum of delta times avg_pool1d of e is that of the
   closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H k q : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis k_least : (1 <= k)%Z.
(* q is (H) / k, rounded down *)
Hypothesis q_floor : (k * q <= H < k * q + k)%Z.
Hypothesis assumed : (k <= H)%Z.
Variables delta : tensor A.
Variable over_k : A.
Hypothesis over_k_law : integer k * over_k = 1.

Definition avg_pool1d (a : tensor A) : tensor A := tensor3
  (fun n c y => over_k * (Σ u < k, a [n; c; k * y + u]%Z)).
Definition upsample : tensor A := tensor3
  (fun n c i => Σ y < q, Σ u < k, when (i =? k * y + u)%Z (delta [n; c; y])).
Definition pad : tensor A := tensor3
  (fun n c i => when ((0 <=? i) && (i <? k * q))%Z (upsample [n; c; i])).
Definition closed_form : tensor A := tensor3
  (fun n c i => over_k * pad [n; c; i]).

Theorem avg_pool1d_input_rest (e : tensor A) :
  Σ n < N, Σ c < C, Σ y < q, delta [n; c; y] * avg_pool1d e [n; c; y]
  = Σ n < N, Σ c < C, Σ i < H, closed_form [n; c; i] * e [n; c; i].
Proof.
  open_up ltac:(unfold closed_form, pad, upsample, avg_pool1d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c y u => (n, (c, (k * y + u, ((y, (u, tt)), tt)))))%Z
      (fun n c i y u => (n, (c, (y, (i - k * y, tt)))))%Z.
    - intros n ?known c ?known y ?known u ?known. guards_known.
      multiply (k - 1)%Z (y)%Z.
      multiply (q - y - 1)%Z (k - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_k_law]]).
    - intros n ?known c ?known i ?known y ?known u ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring [over_k_law].
Qed.
End certificate.
Print Assumptions avg_pool1d_input_rest.
