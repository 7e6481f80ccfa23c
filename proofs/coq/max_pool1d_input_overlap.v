(* max_pool1d.input_overlap: Through maximum pooling with overlapping windows, stride and padding
   ∂J/∂a = fold(hadamard(expand(delta, ((k,),)), winners(max_pool1d(a, (k,), stride=(s,),
   padding=(p,)))), (H,), stride=(s,), padding=(p,))
   For every N, C, H, k, s ≥ 1 and p ≥ 0 with H + 2*p ≥ k, k ≥ 2*p.
   When a changes by e, the first-order change of the sum of delta times max_pool1d, by the chain
   rule, is that of the closed form times e. The selector of a maximum may be any tensor. *)
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
Hypothesis assumed1 : (2 * p <= k)%Z.
(* greatest is a maximum over a window, greatest_selected any selector of its element *)
Variables delta greatest greatest_selected : tensor A.

Definition max_pool1d (a : tensor A) : tensor A := tensor3
  (fun n c y => greatest [y; n; c]).
Definition expand : tensor A := tensor4
  (fun n c i e0 => delta [n; c; i]).
Definition winners (a : tensor A) : tensor A := tensor4
  (fun n c y u => when ((p <=? s * y + u) && (s * y + u <? H + p))%Z (greatest_selected [y; n; c; u])).
Definition hadamard (a : tensor A) : tensor A := tensor4
  (fun n c i e0 => expand [n; c; i; e0] * winners a [n; c; i; e0]).
Definition closed_form (a : tensor A) : tensor A := tensor3
  (fun n c h => Σ y < (q + 1)%Z, Σ u < k, when (h + p =? s * y + u)%Z (hadamard a [n; c; y; u])).
(* what changes to first order when a changes by e *)
Definition max_pool1d_change (a e : tensor A) : tensor A := tensor3
  (fun n c y => Σ u < k, when ((p <=? s * y + u) && (s * y + u <? H + p))%Z (greatest_selected [y; n; c; u] * e [n; c; s * y + u - p]%Z)).

Theorem max_pool1d_input_overlap (a e : tensor A) :
  Σ n < N, Σ c < C, Σ y < (q + 1)%Z, delta [n; c; y] * max_pool1d_change a e [n; c; y]
  = Σ n < N, Σ c < C, Σ h < H, closed_form a [n; c; h] * e [n; c; h].
Proof.
  open_up ltac:(unfold max_pool1d_change, closed_form, hadamard, winners, expand, max_pool1d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c y u => (n, (c, (s * y + u - p, ((y, (u, tt)), tt)))))%Z
      (fun n c h y u => (n, (c, (y, (u, tt)))))%Z.
    - intros n ?known c ?known y ?known u ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known h ?known y ?known u ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions max_pool1d_input_overlap.
