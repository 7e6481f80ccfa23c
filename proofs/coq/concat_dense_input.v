(* concat.dense_input: Through a densely connected layer, whose input is joined with what it
   computes
   ∂J/∂a = delta[:, :C, :, :] + correlate(pad(hadamard(delta[:, C:, :, :], σ'(conv2d(a, W,
   padding=(p_h, p_w)))), ((p_h, p_h), (p_w, p_w))), rot180(swap(W)))
   For every N, C, H, W, M ≥ 1 and p_h, p_w ≥ 0.
   When a changes by e, the first-order change of the sum of delta times concat, by the chain rule,
   is that of the closed form times e. The derivative of a function may be any function. *)
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
Variables W2 delta : tensor A.
Variables σ σ' : A -> A.

Definition pad (a : tensor A) : tensor A := tensor4
  (fun n c h w => when ((p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (a [n; c; h - p_h; w - p_w]%Z)).
Definition conv2d (a : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < (2 * p_h + 1)%Z, Σ v < (2 * p_w + 1)%Z, pad a [n; i; y + u; x + v]%Z * W2 [j; i; u; v]).
Definition activation (a : tensor A) : tensor A := tensor4
  (fun n j y x => pointwise σ (conv2d a) [n; j; y; x]).
Definition concat (a : tensor A) : tensor A := tensor4
  (fun n c h w => when ((0 <=? c) && (c <? C))%Z (a [n; c; h; w]) + when ((C <=? c) && (c <? M + C))%Z (activation a [n; c - C; h; w]%Z)).
Definition slice : tensor A := tensor4
  (fun n i h w => delta [n; i; h; w]).
Definition slice2 : tensor A := tensor4
  (fun n i h w => delta [n; C + i; h; w]%Z).
Definition activation2 (a : tensor A) : tensor A := tensor4
  (fun n j y x => pointwise σ' (conv2d a) [n; j; y; x]).
Definition hadamard (a : tensor A) : tensor A := tensor4
  (fun n i h w => slice2 [n; i; h; w] * activation2 a [n; i; h; w]).
Definition pad2 (a : tensor A) : tensor A := tensor4
  (fun n i h w => when ((p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (hadamard a [n; i; h - p_h; w - p_w]%Z)).
Definition swap : tensor A := tensor4
  (fun c m i j => W2 [m; c; i; j]).
Definition rot180 : tensor A := tensor4
  (fun c m i j => swap [c; m; 2 * p_h - i; 2 * p_w - j]%Z).
Definition correlate (a : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < M, Σ u < (2 * p_h + 1)%Z, Σ v < (2 * p_w + 1)%Z, pad2 a [n; i; y + u; x + v]%Z * rot180 [j; i; u; v]).
Definition closed_form (a : tensor A) : tensor A := tensor4
  (fun n i h w => slice [n; i; h; w] + correlate a [n; i; h; w]).
(* what changes to first order when a changes by e *)
Definition pad_change (a e : tensor A) : tensor A := tensor4
  (fun n c h w => when ((p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (e [n; c; h - p_h; w - p_w]%Z)).
Definition conv2d_change (a e : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < (2 * p_h + 1)%Z, Σ v < (2 * p_w + 1)%Z, pad_change a e [n; i; y + u; x + v]%Z * W2 [j; i; u; v]).
Definition activation_change (a e : tensor A) : tensor A := tensor4
  (fun n j y x => pointwise σ' (conv2d a) [n; j; y; x] * conv2d_change a e [n; j; y; x]).
Definition concat_change (a e : tensor A) : tensor A := tensor4
  (fun n c h w => when ((0 <=? c) && (c <? C))%Z (e [n; c; h; w]) + when ((C <=? c) && (c <? M + C))%Z (activation_change a e [n; c - C; h; w]%Z)).

Theorem concat_dense_input (a e : tensor A) :
  Σ n < N, Σ c < (C + M)%Z, Σ h < H, Σ w < W, delta [n; c; h; w] * concat_change a e [n; c; h; w]
  = Σ n < N, Σ i < C, Σ h < H, Σ w < W, closed_form a [n; i; h; w] * e [n; i; h; w].
Proof.
  open_up ltac:(unfold concat_change, activation_change, conv2d_change, pad_change, closed_form, correlate, rot180, swap, pad2, hadamard, activation2, slice2, slice, concat, activation, conv2d, pad).
  match goal with |- values outermost [?pleft1; ?pleft2] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c h w => (n, (c, (h, (w, (tt, tt))))))%Z
      (fun n i h w => (n, (i, (h, (w, tt)))))%Z.
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known h ?known w ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right2).
  { same_sum left2 right2 1
      (fun n c h w i u v => (n, (i, (h + u - p_h, (w + v - p_w, ((c - C, (2 * p_h - u, (2 * p_w - v, (tt, tt)))), tt))))))%Z
      (fun n i h w i2 u v => (n, (C + i2, (h + u - p_h, (w + v - p_w, (i, (2 * p_h - u, (2 * p_w - v, (tt, tt)))))))))%Z.
    - intros n ?known c ?known h ?known w ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known i ?known h ?known w ?known i2 ?known u ?known v ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2. numbers. ring.
Qed.
End certificate.
Print Assumptions concat_dense_input.
