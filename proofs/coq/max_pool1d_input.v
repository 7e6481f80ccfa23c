(* max_pool1d.input: Through maximum pooling whose windows tile the input
   ∂J/∂a = hadamard(upsample(delta, (k,)), fold(winners(max_pool1d(a, (k,))), (k*Y,), stride=(k,)))
   For every N, C, k, Y ≥ 1.
   When a changes by e, the first-order change of the sum of delta times max_pool1d, by the chain
   rule, is that of the closed form times e. The selector of a maximum may be any tensor. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C k Y : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis k_least : (1 <= k)%Z.
Hypothesis Y_least : (1 <= Y)%Z.
(* greatest is a maximum over a window, greatest_selected any selector of its element *)
Variables delta greatest greatest_selected : tensor A.

Definition max_pool1d (a : tensor A) : tensor A := tensor3
  (fun n c y => greatest [n; c; y]).
Definition upsample : tensor A := tensor3
  (fun n c y => Σ y' < Y, Σ u < k, when (y =? k * y' + u)%Z (delta [n; c; y'])).
Definition winners (a : tensor A) : tensor A := tensor4
  (fun n c y u => greatest_selected [n; c; y; u]).
Definition fold (a : tensor A) : tensor A := tensor3
  (fun n c h => Σ y < Y, Σ u < k, when (h =? k * y + u)%Z (winners a [n; c; y; u])).
Definition closed_form (a : tensor A) : tensor A := tensor3
  (fun n c y => upsample [n; c; y] * fold a [n; c; y]).
(* what changes to first order when a changes by e *)
Definition max_pool1d_change (a e : tensor A) : tensor A := tensor3
  (fun n c y => Σ u < k, greatest_selected [n; c; y; u] * e [n; c; k * y + u]%Z).

Theorem max_pool1d_input (a e : tensor A) :
  Σ n < N, Σ c < C, Σ y < Y, delta [n; c; y] * max_pool1d_change a e [n; c; y]
  = Σ n < N, Σ c < C, Σ y < (Y * k)%Z, closed_form a [n; c; y] * e [n; c; y].
Proof.
  open_up ltac:(unfold max_pool1d_change, closed_form, fold, winners, upsample, max_pool1d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c y u => (n, (c, (k * y + u, (((y, (u, tt)), (y, (u, tt))), tt)))))%Z
      (fun n c y y' u y2 u2 => (n, (c, (y', (u2, tt)))))%Z.
    - intros n ?known c ?known y ?known u ?known. guards_known.
      multiply (k - 1)%Z (y)%Z.
      multiply (Y - y - 1)%Z (k - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known y ?known y' ?known u ?known y2 ?known u2 ?known. guards_known.
      at_least (y' - y2)%Z ltac:(multiply (y2 - y' - 1)%Z (k - 1)%Z).
      at_least (y2 - y')%Z ltac:(multiply (y' - y2 - 1)%Z (k - 1)%Z).
      vanishes (y' - y2)%Z (k - 1)%Z.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions max_pool1d_input.
