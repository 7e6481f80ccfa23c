(* conv2d_after_max_pool.input: Through a convolution and the maximum pooling below it
   ∂J/∂a = hadamard(upsample(correlate(pad(delta, ((K - p_h - 1, K - p_h - 1), (L - p_w - 1, L -
   p_w - 1))), rot180(swap(W))), (k_h, k_w)), fold(winners(max_pool2d(a, (k_h, k_w))), (k_h*Y,
   k_w*X), stride=(k_h, k_w)))
   For every N, C, k_h, Y, k_w, X, M, K, L ≥ 1 and p_h, p_w ≥ 0 with 2*p_h + Y ≥ K, 2*p_w + X ≥ L.
   When a changes by e, the first-order change of the sum of delta times conv2d, by the chain rule,
   is that of the closed form times e. The selector of a maximum may be any tensor. *)
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
Variables W delta greatest greatest_selected : tensor A.

Definition max_pool2d (a : tensor A) : tensor A := tensor4
  (fun n c y x => greatest [n; c; y; x]).
Definition pad (a : tensor A) : tensor A := tensor4
  (fun n c y x => when ((p_h <=? y) && (y <? Y + p_h) && (p_w <=? x) && (x <? X + p_w))%Z (max_pool2d a [n; c; y - p_h; x - p_w]%Z)).
Definition conv2d (a : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < K, Σ v < L, pad a [n; i; y + u; x + v]%Z * W [j; i; u; v]).
Definition pad2 : tensor A := tensor4
  (fun n m i j => when ((K <=? i + p_h + 1) && (i <? p_h + Y) && (L <=? j + p_w + 1) && (j <? p_w + X))%Z (delta [n; m; i + p_h - K + 1; j + p_w - L + 1]%Z)).
Definition swap : tensor A := tensor4
  (fun c m k l => W [m; c; k; l]).
Definition rot180 : tensor A := tensor4
  (fun c m k l => swap [c; m; K - k - 1; L - l - 1]%Z).
Definition correlate : tensor A := tensor4
  (fun n j y x => Σ i < M, Σ u < K, Σ v < L, pad2 [n; i; y + u; x + v]%Z * rot180 [j; i; u; v]).
Definition upsample : tensor A := tensor4
  (fun n j y x => Σ y' < Y, Σ x' < X, Σ u < k_h, Σ v < k_w, when ((y =? k_h * y' + u) && (x =? k_w * x' + v))%Z (correlate [n; j; y'; x'])).
Definition winners (a : tensor A) : tensor A := tensor6
  (fun n c y x u v => greatest_selected [n; c; y; x; u; v]).
Definition fold (a : tensor A) : tensor A := tensor4
  (fun n c h w => Σ y < Y, Σ x < X, Σ u < k_h, Σ v < k_w, when ((h =? k_h * y + u) && (w =? k_w * x + v))%Z (winners a [n; c; y; x; u; v])).
Definition closed_form (a : tensor A) : tensor A := tensor4
  (fun n j y x => upsample [n; j; y; x] * fold a [n; j; y; x]).
(* what changes to first order when a changes by e *)
Definition max_pool2d_change (a e : tensor A) : tensor A := tensor4
  (fun n c y x => Σ u < k_h, Σ v < k_w, greatest_selected [n; c; y; x; u; v] * e [n; c; k_h * y + u; k_w * x + v]%Z).
Definition pad_change (a e : tensor A) : tensor A := tensor4
  (fun n c y x => when ((p_h <=? y) && (y <? Y + p_h) && (p_w <=? x) && (x <? X + p_w))%Z (max_pool2d_change a e [n; c; y - p_h; x - p_w]%Z)).
Definition conv2d_change (a e : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < K, Σ v < L, pad_change a e [n; i; y + u; x + v]%Z * W [j; i; u; v]).

Theorem conv2d_after_max_pool_input (a e : tensor A) :
  Σ n < N, Σ j < M, Σ y < (2 * p_h + Y - K + 1)%Z, Σ x < (2 * p_w + X - L + 1)%Z, delta [n; j; y; x] * conv2d_change a e [n; j; y; x]
  = Σ n < N, Σ j < C, Σ y < (Y * k_h)%Z, Σ x < (X * k_w)%Z, closed_form a [n; j; y; x] * e [n; j; y; x].
Proof.
  open_up ltac:(unfold conv2d_change, pad_change, max_pool2d_change, closed_form, fold, winners, upsample, correlate, rot180, swap, pad2, conv2d, pad, max_pool2d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j y x i u v u2 v2 => (n, (i, (k_h * y + k_h * u + u2 - k_h * p_h, (k_w * x + k_w * v + v2 - k_w * p_w, (((y + u - p_h, (x + v - p_w, (u2, (v2, (j, (K - u - 1, (L - v - 1, (tt, tt)))))))), (y + u - p_h, (x + v - p_w, (u2, (v2, tt))))), tt))))))%Z
      (fun n j y x y' x' u v i u2 v2 y2 x2 u3 v3 => (n, (i, (y' + u2 + p_h - K + 1, (x' + v2 + p_w - L + 1, (j, (K - u2 - 1, (L - v2 - 1, ((u3, (v3, tt)), tt)))))))))%Z.
    - intros n ?known j ?known y ?known x ?known i ?known u ?known v ?known u2 ?known v2 ?known. guards_known.
      multiply (y + u - p_h)%Z (k_h - 1)%Z.
      multiply (Y + p_h - y - u - 1)%Z (k_h - 1)%Z.
      multiply (x + v - p_w)%Z (k_w - 1)%Z.
      multiply (X + p_w - x - v - 1)%Z (k_w - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known j ?known y ?known x ?known y' ?known x' ?known u ?known v ?known i ?known u2 ?known v2 ?known y2 ?known x2 ?known u3 ?known v3 ?known. guards_known.
      at_least (y' - y2)%Z ltac:(multiply (y2 - y' - 1)%Z (k_h - 1)%Z).
      at_least (y2 - y')%Z ltac:(multiply (y' - y2 - 1)%Z (k_h - 1)%Z).
      at_least (x' - x2)%Z ltac:(multiply (x2 - x' - 1)%Z (k_w - 1)%Z).
      at_least (x2 - x')%Z ltac:(multiply (x' - x2 - 1)%Z (k_w - 1)%Z).
      vanishes (y' - y2)%Z (k_h - 1)%Z.
      vanishes (x' - x2)%Z (k_w - 1)%Z.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv2d_after_max_pool_input.
