(* conv_transpose2d.grouped_input: Through a grouped transposed convolution
   ∂J/∂a = correlate(pad(delta, ((p_h, p_h - r_h), (p_w, p_w - r_w))), W, stride=(s_h, s_w),
   dilation=(d_h, d_w), groups=G)
   For every N, G, C, H, W, M, K, L, s_h, d_h, s_w, d_w ≥ 1 and p_h, r_h, p_w, r_w ≥ 0 with H*s_h +
   K*d_h + r_h ≥ s_h + 2*p_h + d_h, W*s_w + L*d_w + r_w ≥ s_w + 2*p_w + d_w.
   conv_transpose2d is linear in a: for every e, the sum of delta times conv_transpose2d of e is
   that of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N G C H W M K L s_h p_h d_h r_h s_w p_w d_w r_w : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis G_least : (1 <= G)%Z.
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
Variables W2 delta : tensor A.

Definition conv_transpose2d (a : tensor A) : tensor A := tensor5
  (fun n g j o q => Σ i < C, Σ y < H, Σ x < W, Σ u < K, Σ v < L, when ((o + p_h =? s_h * y + d_h * u) && (q + p_w =? s_w * x + d_w * v))%Z (a [n; g; i; y; x] * W2 [g; i; j; u; v])).
Definition pad : tensor A := tensor5
  (fun n g m i j => when ((p_h <=? i) && (s_h + p_h + d_h + i <=? H * s_h + K * d_h + r_h) && (p_w <=? j) && (s_w + p_w + d_w + j <=? W * s_w + L * d_w + r_w))%Z (delta [n; g; m; i - p_h; j - p_w]%Z)).
Definition closed_form : tensor A := tensor5
  (fun n g j y x => Σ i < M, Σ u < K, Σ v < L, pad [n; g; i; s_h * y + d_h * u; s_w * x + d_w * v]%Z * W2 [g; j; i; u; v]).

Theorem conv_transpose2d_grouped_input (e : tensor A) :
  Σ n < N, Σ g < G, Σ j < M, Σ o < (H * s_h + K * d_h + r_h - s_h - 2 * p_h - d_h + 1)%Z, Σ q < (W * s_w + L * d_w + r_w - s_w - 2 * p_w - d_w + 1)%Z, delta [n; g; j; o; q] * conv_transpose2d e [n; g; j; o; q]
  = Σ n < N, Σ g < G, Σ j < C, Σ y < H, Σ x < W, closed_form [n; g; j; y; x] * e [n; g; j; y; x].
Proof.
  open_up ltac:(unfold closed_form, pad, conv_transpose2d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n g j o q i y x u v => (n, (g, (i, (y, (x, ((j, (u, (v, (tt, tt)))), tt)))))))%Z
      (fun n g j y x i u v => (n, (g, (i, (s_h * y + d_h * u - p_h, (s_w * x + d_w * v - p_w, (j, (y, (x, (u, (v, tt)))))))))))%Z.
    - intros n ?known g ?known j ?known o ?known q ?known i ?known y ?known x ?known u ?known v ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known g ?known j ?known y ?known x ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv_transpose2d_grouped_input.
