(* global_avg_pool.conv2d_weight: Kernel of a convolution below an activation and global average
   pooling
   ∂J/∂W = swap(correlate(swap(pad(a, ((0, 0), (0, 0)))), swap(hadamard(expand(delta, ((H - K +
   1,), (W - L + 1,))) / (H - K + 1) / (W - L + 1), σ'(conv2d(a, W))))))
   For every N, C, H, W, M, K, L ≥ 1 with H ≥ K, W ≥ L.
   When W2 changes by e, the first-order change of the sum of delta times global_avg_pool, by the
   chain rule, is that of the closed form times e. The derivative of a function may be any
   function. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H W M K L : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis K_least : (1 <= K)%Z.
Hypothesis L_least : (1 <= L)%Z.
Hypothesis assumed : (K <= H)%Z.
Hypothesis assumed1 : (L <= W)%Z.
Variables a delta : tensor A.
Variables σ σ' : A -> A.
Variable over0 : A.
Hypothesis over0_law : integer (H - K + 1) * over0 = 1.
Variable over1 : A.
Hypothesis over1_law : integer (W - L + 1) * over1 = 1.

Definition conv2d (W2 : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < K, Σ v < L, a [n; i; y + u; x + v]%Z * W2 [j; i; u; v]).
Definition activation (W2 : tensor A) : tensor A := tensor4
  (fun n j y x => pointwise σ (conv2d W2) [n; j; y; x]).
Definition global_avg_pool (W2 : tensor A) : tensor A := tensor2
  (fun n j => (over0 * over1) * (Σ y < (H - K + 1)%Z, Σ x < (W - L + 1)%Z, activation W2 [n; j; y; x])).
Definition pad : tensor A := tensor4
  (fun n c h w => when ((0 <=? h) && (h <? H) && (0 <=? w) && (w <? W))%Z (a [n; c; h; w])).
Definition swap : tensor A := tensor4
  (fun c n h w => pad [n; c; h; w]).
Definition expand : tensor A := tensor4
  (fun n m e0 e1 => delta [n; m]).
Definition quotient : tensor A := tensor4
  (fun n m e0 e1 => over0 * expand [n; m; e0; e1]).
Definition quotient2 : tensor A := tensor4
  (fun n m e0 e1 => over1 * quotient [n; m; e0; e1]).
Definition activation2 (W2 : tensor A) : tensor A := tensor4
  (fun n j y x => pointwise σ' (conv2d W2) [n; j; y; x]).
Definition hadamard (W2 : tensor A) : tensor A := tensor4
  (fun n m e0 e1 => quotient2 [n; m; e0; e1] * activation2 W2 [n; m; e0; e1]).
Definition swap2 (W2 : tensor A) : tensor A := tensor4
  (fun m n e0 e1 => hadamard W2 [n; m; e0; e1]).
Definition correlate (W2 : tensor A) : tensor A := tensor4
  (fun c j y x => Σ i < N, Σ u < (H - K + 1)%Z, Σ v < (W - L + 1)%Z, swap [c; i; y + u; x + v]%Z * swap2 W2 [j; i; u; v]).
Definition closed_form (W2 : tensor A) : tensor A := tensor4
  (fun j c y x => correlate W2 [c; j; y; x]).
(* what changes to first order when W2 changes by e *)
Definition conv2d_change (W2 e : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < K, Σ v < L, a [n; i; y + u; x + v]%Z * e [j; i; u; v]).
Definition activation_change (W2 e : tensor A) : tensor A := tensor4
  (fun n j y x => pointwise σ' (conv2d W2) [n; j; y; x] * conv2d_change W2 e [n; j; y; x]).
Definition global_avg_pool_change (W2 e : tensor A) : tensor A := tensor2
  (fun n j => (over0 * over1) * (Σ y < (H - K + 1)%Z, Σ x < (W - L + 1)%Z, activation_change W2 e [n; j; y; x])).

Theorem global_avg_pool_conv2d_weight (W2 e : tensor A) :
  Σ n < N, Σ j < M, delta [n; j] * global_avg_pool_change W2 e [n; j]
  = Σ j < M, Σ c < C, Σ y < K, Σ x < L, closed_form W2 [j; c; y; x] * e [j; c; y; x].
Proof.
  open_up ltac:(unfold global_avg_pool_change, activation_change, conv2d_change, closed_form, correlate, swap2, hadamard, activation2, quotient2, quotient, expand, swap, pad, global_avg_pool, activation, conv2d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j y x i u v => (j, (i, (u, (v, ((n, (y, (x, (tt, tt)))), tt))))))%Z
      (fun j c y x i u v => (i, (j, (u, (v, (c, (y, (x, tt))))))))%Z.
    - intros n ?known j ?known y ?known x ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over0_law over1_law]]).
    - intros j ?known c ?known y ?known x ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring [over0_law over1_law].
Qed.
End certificate.
Print Assumptions global_avg_pool_conv2d_weight.
