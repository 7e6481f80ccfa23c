(* residual.block_input: Through a residual block of two convolutions
   ∂J/∂a = delta + correlate(pad(hadamard(correlate(pad(delta, ((q_h, q_h), (q_w, q_w))),
   rot180(swap(V))), σ'(conv2d(a, W, padding=(p_h, p_w)))), ((p_h, p_h), (p_w, p_w))),
   rot180(swap(W)))
   For every N, C, H, W, M ≥ 1 and p_h, p_w, q_h, q_w ≥ 0.
   When a changes by e, the first-order change of the sum of delta times added, by the chain rule,
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
Variables V W2 delta : tensor A.
Variables σ σ' : A -> A.

Definition pad (a : tensor A) : tensor A := tensor4
  (fun n c h w => when ((p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (a [n; c; h - p_h; w - p_w]%Z)).
Definition conv2d (a : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < (2 * p_h + 1)%Z, Σ v < (2 * p_w + 1)%Z, pad a [n; i; y + u; x + v]%Z * W2 [j; i; u; v]).
Definition activation (a : tensor A) : tensor A := tensor4
  (fun n j y x => pointwise σ (conv2d a) [n; j; y; x]).
Definition pad2 (a : tensor A) : tensor A := tensor4
  (fun n j y x => when ((q_h <=? y) && (y <? H + q_h) && (q_w <=? x) && (x <? W + q_w))%Z (activation a [n; j; y - q_h; x - q_w]%Z)).
Definition conv2d2 (a : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < M, Σ u < (2 * q_h + 1)%Z, Σ v < (2 * q_w + 1)%Z, pad2 a [n; i; y + u; x + v]%Z * V [j; i; u; v]).
Definition added (a : tensor A) : tensor A := tensor4
  (fun n c h w => a [n; c; h; w] + conv2d2 a [n; c; h; w]).
Definition pad3 : tensor A := tensor4
  (fun n c h w => when ((q_h <=? h) && (h <? H + q_h) && (q_w <=? w) && (w <? W + q_w))%Z (delta [n; c; h - q_h; w - q_w]%Z)).
Definition swap : tensor A := tensor4
  (fun m c i j => V [c; m; i; j]).
Definition rot180 : tensor A := tensor4
  (fun m c i j => swap [m; c; 2 * q_h - i; 2 * q_w - j]%Z).
Definition correlate : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < (2 * q_h + 1)%Z, Σ v < (2 * q_w + 1)%Z, pad3 [n; i; y + u; x + v]%Z * rot180 [j; i; u; v]).
Definition activation2 (a : tensor A) : tensor A := tensor4
  (fun n j y x => pointwise σ' (conv2d a) [n; j; y; x]).
Definition hadamard (a : tensor A) : tensor A := tensor4
  (fun n j y x => correlate [n; j; y; x] * activation2 a [n; j; y; x]).
Definition pad4 (a : tensor A) : tensor A := tensor4
  (fun n j y x => when ((p_h <=? y) && (y <? H + p_h) && (p_w <=? x) && (x <? W + p_w))%Z (hadamard a [n; j; y - p_h; x - p_w]%Z)).
Definition swap2 : tensor A := tensor4
  (fun c m i j => W2 [m; c; i; j]).
Definition rot1802 : tensor A := tensor4
  (fun c m i j => swap2 [c; m; 2 * p_h - i; 2 * p_w - j]%Z).
Definition correlate2 (a : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < M, Σ u < (2 * p_h + 1)%Z, Σ v < (2 * p_w + 1)%Z, pad4 a [n; i; y + u; x + v]%Z * rot1802 [j; i; u; v]).
Definition closed_form (a : tensor A) : tensor A := tensor4
  (fun n c h w => delta [n; c; h; w] + correlate2 a [n; c; h; w]).
(* what changes to first order when a changes by e *)
Definition pad_change (a e : tensor A) : tensor A := tensor4
  (fun n c h w => when ((p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (e [n; c; h - p_h; w - p_w]%Z)).
Definition conv2d_change (a e : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < (2 * p_h + 1)%Z, Σ v < (2 * p_w + 1)%Z, pad_change a e [n; i; y + u; x + v]%Z * W2 [j; i; u; v]).
Definition activation_change (a e : tensor A) : tensor A := tensor4
  (fun n j y x => pointwise σ' (conv2d a) [n; j; y; x] * conv2d_change a e [n; j; y; x]).
Definition pad2_change (a e : tensor A) : tensor A := tensor4
  (fun n j y x => when ((q_h <=? y) && (y <? H + q_h) && (q_w <=? x) && (x <? W + q_w))%Z (activation_change a e [n; j; y - q_h; x - q_w]%Z)).
Definition conv2d2_change (a e : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < M, Σ u < (2 * q_h + 1)%Z, Σ v < (2 * q_w + 1)%Z, pad2_change a e [n; i; y + u; x + v]%Z * V [j; i; u; v]).
Definition added_change (a e : tensor A) : tensor A := tensor4
  (fun n c h w => e [n; c; h; w] + conv2d2_change a e [n; c; h; w]).

Theorem residual_block_input (a e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * added_change a e [n; c; h; w]
  = Σ n < N, Σ c < C, Σ h < H, Σ w < W, closed_form a [n; c; h; w] * e [n; c; h; w].
Proof.
  open_up ltac:(unfold added_change, conv2d2_change, pad2_change, activation_change, conv2d_change, pad_change, closed_form, correlate2, rot1802, swap2, pad4, hadamard, activation2, correlate, rot180, swap, pad3, added, conv2d2, pad2, activation, conv2d, pad).
  match goal with |- values outermost [?pleft1; ?pleft2] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c h w => (n, (c, (h, (w, (tt, tt))))))%Z
      (fun n c h w => (n, (c, (h, (w, tt)))))%Z.
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right2).
  { same_sum left2 right2 1
      (fun n c h w i u v i2 u2 v2 => (n, (i2, (h + u + u2 - q_h - p_h, (w + v + v2 - q_w - p_w, ((i, (2 * p_h - u2, (2 * p_w - v2, (((c, (2 * q_h - u, (2 * q_w - v, (tt, tt)))), tt), tt)))), tt))))))%Z
      (fun n c h w i u v i2 u2 v2 => (n, (i2, (h + u + u2 - p_h - q_h, (w + v + v2 - p_w - q_w, (i, (2 * q_h - u2, (2 * q_w - v2, ((c, (2 * p_h - u, (2 * p_w - v, (tt, tt)))), tt)))))))))%Z.
    - intros n ?known c ?known h ?known w ?known i ?known u ?known v ?known i2 ?known u2 ?known v2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known h ?known w ?known i ?known u ?known v ?known i2 ?known u2 ?known v2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2. numbers. ring.
Qed.
End certificate.
Print Assumptions residual_block_input.
