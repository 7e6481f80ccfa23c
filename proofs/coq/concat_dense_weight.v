(* concat.dense_weight: Kernel of a densely connected layer
   ∂J/∂W = swap(correlate(swap(pad(a, ((p_h, p_h), (p_w, p_w)))), swap(hadamard(delta[:, C:, :, :],
   σ'(conv2d(a, W, padding=(p_h, p_w)))))))
   For every N, C, H, W, M ≥ 1 and p_h, p_w ≥ 0.
   When W2 changes by e, the first-order change of the sum of delta times concat, by the chain
   rule, is that of the closed form times e. The derivative of a function may be any function. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H W M p_h p_w : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis p_h_least : (0 <= p_h)%Z.
Hypothesis p_w_least : (0 <= p_w)%Z.
Variables a delta : tensor A.
Variables σ σ' : A -> A.

Definition pad : tensor A := tensor4
  (fun n c h w => when ((p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (a [n; c; h - p_h; w - p_w]%Z)).
Definition conv2d (W2 : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < (2 * p_h + 1)%Z, Σ v < (2 * p_w + 1)%Z, pad [n; i; y + u; x + v]%Z * W2 [j; i; u; v]).
Definition activation (W2 : tensor A) : tensor A := tensor4
  (fun n j y x => pointwise σ (conv2d W2) [n; j; y; x]).
Definition concat (W2 : tensor A) : tensor A := tensor4
  (fun n c h w => when ((0 <=? c) && (c <? C))%Z (a [n; c; h; w]) + when ((C <=? c) && (c <? M + C))%Z (activation W2 [n; c - C; h; w]%Z)).
Definition swap : tensor A := tensor4
  (fun c n h w => pad [n; c; h; w]).
Definition slice : tensor A := tensor4
  (fun n i h w => delta [n; C + i; h; w]%Z).
Definition activation2 (W2 : tensor A) : tensor A := tensor4
  (fun n j y x => pointwise σ' (conv2d W2) [n; j; y; x]).
Definition hadamard (W2 : tensor A) : tensor A := tensor4
  (fun n i h w => slice [n; i; h; w] * activation2 W2 [n; i; h; w]).
Definition swap2 (W2 : tensor A) : tensor A := tensor4
  (fun i n h w => hadamard W2 [n; i; h; w]).
Definition correlate (W2 : tensor A) : tensor A := tensor4
  (fun c j y x => Σ i < N, Σ u < H, Σ v < W, swap [c; i; y + u; x + v]%Z * swap2 W2 [j; i; u; v]).
Definition closed_form (W2 : tensor A) : tensor A := tensor4
  (fun j c y x => correlate W2 [c; j; y; x]).
(* what changes to first order when W2 changes by e *)
Definition conv2d_change (W2 e : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < (2 * p_h + 1)%Z, Σ v < (2 * p_w + 1)%Z, pad [n; i; y + u; x + v]%Z * e [j; i; u; v]).
Definition activation_change (W2 e : tensor A) : tensor A := tensor4
  (fun n j y x => pointwise σ' (conv2d W2) [n; j; y; x] * conv2d_change W2 e [n; j; y; x]).
Definition concat_change (W2 e : tensor A) : tensor A := tensor4
  (fun n c h w => when ((C <=? c) && (c <? M + C))%Z (activation_change W2 e [n; c - C; h; w]%Z)).

Theorem concat_dense_weight (W2 e : tensor A) :
  Σ n < N, Σ c < (C + M)%Z, Σ h < H, Σ w < W, delta [n; c; h; w] * concat_change W2 e [n; c; h; w]
  = Σ j < M, Σ c < C, Σ y < (2 * p_h + 1)%Z, Σ x < (2 * p_w + 1)%Z, closed_form W2 [j; c; y; x] * e [j; c; y; x].
Proof.
  open_up ltac:(unfold concat_change, activation_change, conv2d_change, closed_form, correlate, swap2, hadamard, activation2, slice, swap, concat, activation, conv2d, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c h w i u v => (c - C, (i, (u, (v, ((n, (h, (w, (tt, tt)))), tt))))))%Z
      (fun j c y x i u v => (i, (C + j, (u, (v, (c, (y, (x, (tt, tt)))))))))%Z.
    - intros n ?known c ?known h ?known w ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros j ?known c ?known y ?known x ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions concat_dense_weight.
