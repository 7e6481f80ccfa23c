(* conv2d_after_max_pool.weight: Kernel of a convolution after maximum pooling
   ∂J/∂W = swap(correlate(swap(pad(max_pool2d(a, (k_h, k_w)), ((p_h, p_h), (p_w, p_w)))),
   swap(delta)))
   For every N, C, k_h, Y, k_w, X, M, K, L ≥ 1 and p_h, p_w ≥ 0 with 2*p_h + Y ≥ K, 2*p_w + X ≥ L.
   conv2d is linear in W: for every e, the sum of delta times conv2d of e is that of the closed
   form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C k_h Y k_w X M K L p_h p_w : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis k_h_least : (1 <= k_h)%Z.
Hypothesis Y_least : (1 <= Y)%Z.
Hypothesis k_w_least : (1 <= k_w)%Z.
Hypothesis X_least : (1 <= X)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis K_least : (1 <= K)%Z.
Hypothesis L_least : (1 <= L)%Z.
Hypothesis p_h_least : (0 <= p_h)%Z.
Hypothesis p_w_least : (0 <= p_w)%Z.
Hypothesis assumed : (K <= 2 * p_h + Y)%Z.
Hypothesis assumed1 : (L <= 2 * p_w + X)%Z.
(* greatest is a maximum over a window, greatest_selected any selector of its element *)
Variables a delta greatest greatest_selected : tensor A.

Definition max_pool2d : tensor A := tensor4
  (fun n c y x => greatest [n; c; y; x]).
Definition pad : tensor A := tensor4
  (fun n c y x => when ((p_h <=? y) && (y <? Y + p_h) && (p_w <=? x) && (x <? X + p_w))%Z (max_pool2d [n; c; y - p_h; x - p_w]%Z)).
Definition conv2d (W : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < K, Σ v < L, pad [n; i; y + u; x + v]%Z * W [j; i; u; v]).
Definition swap : tensor A := tensor4
  (fun c n y x => pad [n; c; y; x]).
Definition swap2 : tensor A := tensor4
  (fun m n i j => delta [n; m; i; j]).
Definition correlate : tensor A := tensor4
  (fun c j y x => Σ i < N, Σ u < (2 * p_h + Y - K + 1)%Z, Σ v < (2 * p_w + X - L + 1)%Z, swap [c; i; y + u; x + v]%Z * swap2 [j; i; u; v]).
Definition closed_form : tensor A := tensor4
  (fun j c y x => correlate [c; j; y; x]).

Theorem conv2d_after_max_pool_weight (e : tensor A) :
  Σ n < N, Σ j < M, Σ y < (2 * p_h + Y - K + 1)%Z, Σ x < (2 * p_w + X - L + 1)%Z, delta [n; j; y; x] * conv2d e [n; j; y; x]
  = Σ j < M, Σ c < C, Σ y < K, Σ x < L, closed_form [j; c; y; x] * e [j; c; y; x].
Proof.
  open_up ltac:(unfold closed_form, correlate, swap2, swap, conv2d, pad, max_pool2d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j y x i u v => (j, (i, (u, (v, ((n, (y, (x, (tt, tt)))), tt))))))%Z
      (fun j c y x i u v => (i, (j, (u, (v, (c, (y, (x, (tt, tt)))))))))%Z.
    - intros n ?known j ?known y ?known x ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros j ?known c ?known y ?known x ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv2d_after_max_pool_weight.
