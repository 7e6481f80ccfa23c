(* residual.projection_input: Through a residual block whose shortcut is a strided 1×1 convolution
   ∂J/∂a = correlate(pad(dilate(delta, (s_h, s_w)), ((0, H - s_h*((H - 1)//s_h) - 1), (0, W -
   s_w*((W - 1)//s_w) - 1))), rot180(swap(U))) + correlate(pad(dilate(hadamard(correlate(pad(delta,
   ((q_h, q_h), (q_w, q_w))), rot180(swap(V))), σ'(conv2d(a, W, stride=(s_h, s_w), padding=(p_h,
   p_w)))), (s_h, s_w)), ((p_h, H + p_h - s_h*((H - 1)//s_h) - 1), (p_w, W + p_w - s_w*((W -
   1)//s_w) - 1))), rot180(swap(W)))
   For every N, C, H, W, M, s_h, s_w ≥ 1 and p_h, p_w, q_h, q_w ≥ 0.
   When a changes by e, the first-order change of the sum of delta times added, by the chain rule,
   is that of the closed form times e. The derivative of a function may be any function. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H W M p_h p_w q_h q_w s_h s_w q q2 : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis p_h_least : (0 <= p_h)%Z.
Hypothesis p_w_least : (0 <= p_w)%Z.
Hypothesis q_h_least : (0 <= q_h)%Z.
Hypothesis q_w_least : (0 <= q_w)%Z.
Hypothesis s_h_least : (1 <= s_h)%Z.
Hypothesis s_w_least : (1 <= s_w)%Z.
(* q is (H - 1) / s_h, rounded down *)
Hypothesis q_floor : (s_h * q <= H - 1 < s_h * q + s_h)%Z.
(* q2 is (W - 1) / s_w, rounded down *)
Hypothesis q2_floor : (s_w * q2 <= W - 1 < s_w * q2 + s_w)%Z.
Variables V W2 U delta : tensor A.
Variables σ σ' : A -> A.

Definition conv2d (a : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < 1, Σ v < 1, a [n; i; s_h * y + u; s_w * x + v]%Z * U [j; i; u; v]).
Definition pad (a : tensor A) : tensor A := tensor4
  (fun n c h w => when ((p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (a [n; c; h - p_h; w - p_w]%Z)).
Definition conv2d2 (a : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < (2 * p_h + 1)%Z, Σ v < (2 * p_w + 1)%Z, pad a [n; i; s_h * y + u; s_w * x + v]%Z * W2 [j; i; u; v]).
Definition activation (a : tensor A) : tensor A := tensor4
  (fun n j y x => pointwise σ (conv2d2 a) [n; j; y; x]).
Definition pad2 (a : tensor A) : tensor A := tensor4
  (fun n j y x => when ((q_h <=? y) && (y <=? q + q_h) && (q_w <=? x) && (x <=? q2 + q_w))%Z (activation a [n; j; y - q_h; x - q_w]%Z)).
Definition conv2d3 (a : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < M, Σ u < (2 * q_h + 1)%Z, Σ v < (2 * q_w + 1)%Z, pad2 a [n; i; y + u; x + v]%Z * V [j; i; u; v]).
Definition added (a : tensor A) : tensor A := tensor4
  (fun n j y x => conv2d a [n; j; y; x] + conv2d3 a [n; j; y; x]).
Definition dilate : tensor A := tensor4
  (fun n m i j => Σ y < (q + 1)%Z, Σ x < (q2 + 1)%Z, when ((i =? s_h * y) && (j =? s_w * x))%Z (delta [n; m; y; x])).
Definition pad3 : tensor A := tensor4
  (fun n m i j => when ((0 <=? i) && (i <=? q * s_h) && (0 <=? j) && (j <=? q2 * s_w))%Z (dilate [n; m; i; j])).
Definition swap : tensor A := tensor4
  (fun c m i j => U [m; c; i; j]).
Definition rot180 : tensor A := tensor4
  (fun c m i j => swap [c; m; -i; -j]%Z).
Definition correlate : tensor A := tensor4
  (fun n j y x => Σ i < M, Σ u < 1, Σ v < 1, pad3 [n; i; y + u; x + v]%Z * rot180 [j; i; u; v]).
Definition pad4 : tensor A := tensor4
  (fun n m i j => when ((q_h <=? i) && (i <=? q + q_h) && (q_w <=? j) && (j <=? q2 + q_w))%Z (delta [n; m; i - q_h; j - q_w]%Z)).
Definition swap2 : tensor A := tensor4
  (fun m' m i j => V [m; m'; i; j]).
Definition rot1802 : tensor A := tensor4
  (fun m' m i j => swap2 [m'; m; 2 * q_h - i; 2 * q_w - j]%Z).
Definition correlate2 : tensor A := tensor4
  (fun n j y x => Σ i < M, Σ u < (2 * q_h + 1)%Z, Σ v < (2 * q_w + 1)%Z, pad4 [n; i; y + u; x + v]%Z * rot1802 [j; i; u; v]).
Definition activation2 (a : tensor A) : tensor A := tensor4
  (fun n j y x => pointwise σ' (conv2d2 a) [n; j; y; x]).
Definition hadamard (a : tensor A) : tensor A := tensor4
  (fun n j y x => correlate2 [n; j; y; x] * activation2 a [n; j; y; x]).
Definition dilate2 (a : tensor A) : tensor A := tensor4
  (fun n j y x => Σ y' < (q + 1)%Z, Σ x' < (q2 + 1)%Z, when ((y =? s_h * y') && (x =? s_w * x'))%Z (hadamard a [n; j; y'; x'])).
Definition pad5 (a : tensor A) : tensor A := tensor4
  (fun n j y x => when ((p_h <=? y) && (y <=? q * s_h + p_h) && (p_w <=? x) && (x <=? q2 * s_w + p_w))%Z (dilate2 a [n; j; y - p_h; x - p_w]%Z)).
Definition swap3 : tensor A := tensor4
  (fun c m i j => W2 [m; c; i; j]).
Definition rot1803 : tensor A := tensor4
  (fun c m i j => swap3 [c; m; 2 * p_h - i; 2 * p_w - j]%Z).
Definition correlate3 (a : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < M, Σ u < (2 * p_h + 1)%Z, Σ v < (2 * p_w + 1)%Z, pad5 a [n; i; y + u; x + v]%Z * rot1803 [j; i; u; v]).
Definition closed_form (a : tensor A) : tensor A := tensor4
  (fun n j y x => correlate [n; j; y; x] + correlate3 a [n; j; y; x]).
(* what changes to first order when a changes by e *)
Definition conv2d_change (a e : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < 1, Σ v < 1, e [n; i; s_h * y + u; s_w * x + v]%Z * U [j; i; u; v]).
Definition pad_change (a e : tensor A) : tensor A := tensor4
  (fun n c h w => when ((p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (e [n; c; h - p_h; w - p_w]%Z)).
Definition conv2d2_change (a e : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < (2 * p_h + 1)%Z, Σ v < (2 * p_w + 1)%Z, pad_change a e [n; i; s_h * y + u; s_w * x + v]%Z * W2 [j; i; u; v]).
Definition activation_change (a e : tensor A) : tensor A := tensor4
  (fun n j y x => pointwise σ' (conv2d2 a) [n; j; y; x] * conv2d2_change a e [n; j; y; x]).
Definition pad2_change (a e : tensor A) : tensor A := tensor4
  (fun n j y x => when ((q_h <=? y) && (y <=? q + q_h) && (q_w <=? x) && (x <=? q2 + q_w))%Z (activation_change a e [n; j; y - q_h; x - q_w]%Z)).
Definition conv2d3_change (a e : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < M, Σ u < (2 * q_h + 1)%Z, Σ v < (2 * q_w + 1)%Z, pad2_change a e [n; i; y + u; x + v]%Z * V [j; i; u; v]).
Definition added_change (a e : tensor A) : tensor A := tensor4
  (fun n j y x => conv2d_change a e [n; j; y; x] + conv2d3_change a e [n; j; y; x]).

Theorem residual_projection_input (a e : tensor A) :
  Σ n < N, Σ j < M, Σ y < (q + 1)%Z, Σ x < (q2 + 1)%Z, delta [n; j; y; x] * added_change a e [n; j; y; x]
  = Σ n < N, Σ j < C, Σ y < H, Σ x < W, closed_form a [n; j; y; x] * e [n; j; y; x].
Proof.
  open_up ltac:(unfold added_change, conv2d3_change, pad2_change, activation_change, conv2d2_change, pad_change, conv2d_change, closed_form, correlate3, rot1803, swap3, pad5, dilate2, hadamard, activation2, correlate2, rot1802, swap2, pad4, correlate, rot180, swap, pad3, dilate, added, conv2d3, pad2, activation, conv2d2, pad, conv2d).
  match goal with |- values outermost [?pleft1; ?pleft2] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j y x i u v => (n, (i, (s_h * y + u, (s_w * x + v, ((j, (-u, (-v, ((y, (x, tt)), tt)))), tt))))))%Z
      (fun n j y x i u v y2 x2 => (n, (i, (y2, (x2, (j, (-u, (-v, tt))))))))%Z.
    - intros n ?known j ?known y ?known x ?known i ?known u ?known v ?known. guards_known.
      multiply (s_h - 1)%Z (y)%Z.
      multiply (q - y)%Z (s_h - 1)%Z.
      multiply (s_w - 1)%Z (x)%Z.
      multiply (q2 - x)%Z (s_w - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known j ?known y ?known x ?known i ?known u ?known v ?known y2 ?known x2 ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right2).
  { same_sum left2 right2 1
      (fun n j y x i2 u2 v2 i3 u3 v3 => (n, (i3, (s_h * y + s_h * u2 + u3 - q_h * s_h - p_h, (s_w * x + s_w * v2 + v3 - q_w * s_w - p_w, ((i2, (2 * p_h - u3, (2 * p_w - v3, ((y + u2 - q_h, (x + v2 - q_w, ((j, (2 * q_h - u2, (2 * q_w - v2, (tt, tt)))), tt))), tt)))), tt))))))%Z
      (fun n j y x i2 u2 v2 y' x' i3 u3 v3 => (n, (i3, (y' + u3 - q_h, (x' + v3 - q_w, (i2, (2 * q_h - u3, (2 * q_w - v3, ((j, (2 * p_h - u2, (2 * p_w - v2, (tt, tt)))), tt)))))))))%Z.
    - intros n ?known j ?known y ?known x ?known i2 ?known u2 ?known v2 ?known i3 ?known u3 ?known v3 ?known. guards_known.
      multiply (y + u2 - q_h)%Z (s_h - 1)%Z.
      multiply (q + q_h - y - u2)%Z (s_h - 1)%Z.
      multiply (x + v2 - q_w)%Z (s_w - 1)%Z.
      multiply (q2 + q_w - x - v2)%Z (s_w - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known j ?known y ?known x ?known i2 ?known u2 ?known v2 ?known y' ?known x' ?known i3 ?known u3 ?known v3 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2. numbers. ring.
Qed.
End certificate.
Print Assumptions residual_projection_input.
