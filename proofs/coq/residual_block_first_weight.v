(* residual.block_first_weight: First kernel of a residual block of two convolutions
   ∂J/∂W = swap(correlate(swap(pad(a, ((p_h, p_h), (p_w, p_w)))),
   swap(hadamard(correlate(pad(delta, ((q_h, q_h), (q_w, q_w))), rot180(swap(V))), σ'(conv2d(a, W,
   padding=(p_h, p_w)))))))
   For every N, C, H, W, M ≥ 1 and p_h, p_w, q_h, q_w ≥ 0.
   When W2 changes by e, the first-order change of the sum of delta times added, by the chain rule,
   is that of the closed form times e. The derivative of a function may be any function. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H W M p_h p_w q_h q_w : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis p_h_least : (0 <= p_h)%Z.
Hypothesis p_w_least : (0 <= p_w)%Z.
Hypothesis q_h_least : (0 <= q_h)%Z.
Hypothesis q_w_least : (0 <= q_w)%Z.
Variables V a delta : tensor A.
Variables σ σ' : A -> A.

Definition pad : tensor A := tensor4
  (fun n c h w => when ((p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (a [n; c; h - p_h; w - p_w]%Z)).
Definition conv2d (W2 : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < (2 * p_h + 1)%Z, Σ v < (2 * p_w + 1)%Z, pad [n; i; y + u; x + v]%Z * W2 [j; i; u; v]).
Definition activation (W2 : tensor A) : tensor A := tensor4
  (fun n j y x => pointwise σ (conv2d W2) [n; j; y; x]).
Definition pad2 (W2 : tensor A) : tensor A := tensor4
  (fun n j y x => when ((q_h <=? y) && (y <? H + q_h) && (q_w <=? x) && (x <? W + q_w))%Z (activation W2 [n; j; y - q_h; x - q_w]%Z)).
Definition conv2d2 (W2 : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < M, Σ u < (2 * q_h + 1)%Z, Σ v < (2 * q_w + 1)%Z, pad2 W2 [n; i; y + u; x + v]%Z * V [j; i; u; v]).
Definition added (W2 : tensor A) : tensor A := tensor4
  (fun n c h w => a [n; c; h; w] + conv2d2 W2 [n; c; h; w]).
Definition swap : tensor A := tensor4
  (fun c n h w => pad [n; c; h; w]).
Definition pad3 : tensor A := tensor4
  (fun n c h w => when ((q_h <=? h) && (h <? H + q_h) && (q_w <=? w) && (w <? W + q_w))%Z (delta [n; c; h - q_h; w - q_w]%Z)).
Definition swap2 : tensor A := tensor4
  (fun m c i j => V [c; m; i; j]).
Definition rot180 : tensor A := tensor4
  (fun m c i j => swap2 [m; c; 2 * q_h - i; 2 * q_w - j]%Z).
Definition correlate : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < (2 * q_h + 1)%Z, Σ v < (2 * q_w + 1)%Z, pad3 [n; i; y + u; x + v]%Z * rot180 [j; i; u; v]).
Definition activation2 (W2 : tensor A) : tensor A := tensor4
  (fun n j y x => pointwise σ' (conv2d W2) [n; j; y; x]).
Definition hadamard (W2 : tensor A) : tensor A := tensor4
  (fun n j y x => correlate [n; j; y; x] * activation2 W2 [n; j; y; x]).
Definition swap3 (W2 : tensor A) : tensor A := tensor4
  (fun j n y x => hadamard W2 [n; j; y; x]).
Definition correlate2 (W2 : tensor A) : tensor A := tensor4
  (fun c j y x => Σ i < N, Σ u < H, Σ v < W, swap [c; i; y + u; x + v]%Z * swap3 W2 [j; i; u; v]).
Definition closed_form (W2 : tensor A) : tensor A := tensor4
  (fun j c y x => correlate2 W2 [c; j; y; x]).
(* what changes to first order when W2 changes by e *)
Definition conv2d_change (W2 e : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < (2 * p_h + 1)%Z, Σ v < (2 * p_w + 1)%Z, pad [n; i; y + u; x + v]%Z * e [j; i; u; v]).
Definition activation_change (W2 e : tensor A) : tensor A := tensor4
  (fun n j y x => pointwise σ' (conv2d W2) [n; j; y; x] * conv2d_change W2 e [n; j; y; x]).
Definition pad2_change (W2 e : tensor A) : tensor A := tensor4
  (fun n j y x => when ((q_h <=? y) && (y <? H + q_h) && (q_w <=? x) && (x <? W + q_w))%Z (activation_change W2 e [n; j; y - q_h; x - q_w]%Z)).
Definition conv2d2_change (W2 e : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < M, Σ u < (2 * q_h + 1)%Z, Σ v < (2 * q_w + 1)%Z, pad2_change W2 e [n; i; y + u; x + v]%Z * V [j; i; u; v]).
Definition added_change (W2 e : tensor A) : tensor A := tensor4
  (fun n c h w => conv2d2_change W2 e [n; c; h; w]).

Theorem residual_block_first_weight (W2 e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * added_change W2 e [n; c; h; w]
  = Σ j < M, Σ c < C, Σ y < (2 * p_h + 1)%Z, Σ x < (2 * p_w + 1)%Z, closed_form W2 [j; c; y; x] * e [j; c; y; x].
Proof.
  open_up ltac:(unfold added_change, conv2d2_change, pad2_change, activation_change, conv2d_change, closed_form, correlate2, swap3, hadamard, activation2, correlate, rot180, swap2, pad3, swap, added, conv2d2, pad2, activation, conv2d, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c h w i u v i2 u2 v2 => (i, (i2, (u2, (v2, ((n, (h + u - q_h, (w + v - q_w, (tt, ((c, (2 * q_h - u, (2 * q_w - v, (tt, tt)))), tt))))), tt))))))%Z
      (fun j c y x i u v i2 u2 v2 => (i, (i2, (u + u2 - q_h, (v + v2 - q_w, (j, (2 * q_h - u2, (2 * q_w - v2, ((c, (y, (x, (tt, tt)))), tt)))))))))%Z.
    - intros n ?known c ?known h ?known w ?known i ?known u ?known v ?known i2 ?known u2 ?known v2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros j ?known c ?known y ?known x ?known i ?known u ?known v ?known i2 ?known u2 ?known v2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions residual_block_first_weight.
