(* conv_transpose2d.weight: Kernel of a transposed convolution
   ∂J/∂W = swap(correlate(swap(pad(delta, ((p_h, p_h - r_h), (p_w, p_w - r_w)))), swap(dilate(a,
   (s_h, s_w))), stride=(d_h, d_w)))
   For every N, C, H, W, M, K, L, s_h, d_h, s_w, d_w ≥ 1 and p_h, r_h, p_w, r_w ≥ 0 with H*s_h +
   K*d_h + r_h ≥ s_h + 2*p_h + d_h, W*s_w + L*d_w + r_w ≥ s_w + 2*p_w + d_w.
   conv_transpose2d is linear in W2: for every e, the sum of delta times conv_transpose2d of e is
   that of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H W M K L s_h p_h d_h r_h s_w p_w d_w r_w : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis K_least : (1 <= K)%Z.
Hypothesis L_least : (1 <= L)%Z.
Hypothesis s_h_least : (1 <= s_h)%Z.
Hypothesis p_h_least : (0 <= p_h)%Z.
Hypothesis d_h_least : (1 <= d_h)%Z.
Hypothesis r_h_least : (0 <= r_h)%Z.
Hypothesis s_w_least : (1 <= s_w)%Z.
Hypothesis p_w_least : (0 <= p_w)%Z.
Hypothesis d_w_least : (1 <= d_w)%Z.
Hypothesis r_w_least : (0 <= r_w)%Z.
Hypothesis assumed : (s_h + 2 * p_h + d_h <= H * s_h + K * d_h + r_h)%Z.
Hypothesis assumed1 : (s_w + 2 * p_w + d_w <= W * s_w + L * d_w + r_w)%Z.
Variables a delta : tensor A.

Definition conv_transpose2d (W2 : tensor A) : tensor A := tensor4
  (fun n j o q => Σ i < C, Σ y < H, Σ x < W, Σ u < K, Σ v < L, when ((o + p_h =? s_h * y + d_h * u) && (q + p_w =? s_w * x + d_w * v))%Z (a [n; i; y; x] * W2 [i; j; u; v])).
Definition pad : tensor A := tensor4
  (fun n m i j => when ((p_h <=? i) && (s_h + p_h + d_h + i <=? H * s_h + K * d_h + r_h) && (p_w <=? j) && (s_w + p_w + d_w + j <=? W * s_w + L * d_w + r_w))%Z (delta [n; m; i - p_h; j - p_w]%Z)).
Definition swap : tensor A := tensor4
  (fun m n i j => pad [n; m; i; j]).
Definition dilate : tensor A := tensor4
  (fun n c h w => Σ y < H, Σ x < W, when ((h =? s_h * y) && (w =? s_w * x))%Z (a [n; c; y; x])).
Definition swap2 : tensor A := tensor4
  (fun c n h w => dilate [n; c; h; w]).
Definition correlate : tensor A := tensor4
  (fun m j y x => Σ i < N, Σ u < (H * s_h - s_h + 1)%Z, Σ v < (W * s_w - s_w + 1)%Z, swap [m; i; d_h * y + u; d_w * x + v]%Z * swap2 [j; i; u; v]).
Definition closed_form : tensor A := tensor4
  (fun j m y x => correlate [m; j; y; x]).

Theorem conv_transpose2d_weight (e : tensor A) :
  Σ n < N, Σ j < M, Σ o < (H * s_h + K * d_h + r_h - s_h - 2 * p_h - d_h + 1)%Z, Σ q < (W * s_w + L * d_w + r_w - s_w - 2 * p_w - d_w + 1)%Z, delta [n; j; o; q] * conv_transpose2d e [n; j; o; q]
  = Σ j < C, Σ m < M, Σ y < K, Σ x < L, closed_form [j; m; y; x] * e [j; m; y; x].
Proof.
  open_up ltac:(unfold closed_form, correlate, swap2, dilate, swap, pad, conv_transpose2d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j o q i y x u v => (i, (j, (u, (v, ((n, (s_h * y, (s_w * x, (tt, (y, (x, tt)))))), tt))))))%Z
      (fun j m y x i u v y2 x2 => (i, (m, (d_h * y + u - p_h, (d_w * x + v - p_w, (j, (y2, (x2, (y, (x, tt))))))))))%Z.
    - intros n ?known j ?known o ?known q ?known i ?known y ?known x ?known u ?known v ?known. guards_known.
      multiply (s_h - 1)%Z (y)%Z.
      multiply (H - y - 1)%Z (s_h - 1)%Z.
      multiply (s_w - 1)%Z (x)%Z.
      multiply (W - x - 1)%Z (s_w - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros j ?known m ?known y ?known x ?known i ?known u ?known v ?known y2 ?known x2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv_transpose2d_weight.
