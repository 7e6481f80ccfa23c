(* conv_transpose2d.of_conv2d: The gradient of a convolution by its input is a transposed
   convolution of δ
   ∂J/∂a = conv_transpose2d(delta, W, stride=(s_h, s_w), padding=(p_h, p_w), output_padding=(H +
   2*p_h + d_h - K*d_h - s_h*((H + 2*p_h + d_h - K*d_h - 1)//s_h) - 1, W + 2*p_w + d_w - L*d_w -
   s_w*((W + 2*p_w + d_w - L*d_w - 1)//s_w) - 1), dilation=(d_h, d_w))
   For every N, C, H, W, M, K, L, d_h, s_h, d_w, s_w ≥ 1 and p_h, p_w ≥ 0 with H + 2*p_h + d_h ≥
   K*d_h + 1, W + 2*p_w + d_w ≥ L*d_w + 1.
   conv2d is linear in a: for every e, the sum of delta times conv2d of e is that of the closed
   form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H W M K L p_h d_h s_h p_w d_w s_w q q2 : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis K_least : (1 <= K)%Z.
Hypothesis L_least : (1 <= L)%Z.
Hypothesis p_h_least : (0 <= p_h)%Z.
Hypothesis d_h_least : (1 <= d_h)%Z.
Hypothesis s_h_least : (1 <= s_h)%Z.
Hypothesis p_w_least : (0 <= p_w)%Z.
Hypothesis d_w_least : (1 <= d_w)%Z.
Hypothesis s_w_least : (1 <= s_w)%Z.
(* q is (2 * p_h + H + d_h - K * d_h - 1) / s_h, rounded down *)
Hypothesis q_floor : (s_h * q <= 2 * p_h + H + d_h - K * d_h - 1 < s_h * q + s_h)%Z.
(* q2 is (2 * p_w + W + d_w - L * d_w - 1) / s_w, rounded down *)
Hypothesis q2_floor : (s_w * q2 <= 2 * p_w + W + d_w - L * d_w - 1 < s_w * q2 + s_w)%Z.
Hypothesis assumed : (K * d_h < 2 * p_h + H + d_h)%Z.
Hypothesis assumed1 : (L * d_w < 2 * p_w + W + d_w)%Z.
Variables W2 delta : tensor A.

Definition pad (a : tensor A) : tensor A := tensor4
  (fun n c h w => when ((p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (a [n; c; h - p_h; w - p_w]%Z)).
Definition conv2d (a : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < K, Σ v < L, pad a [n; i; s_h * y + d_h * u; s_w * x + d_w * v]%Z * W2 [j; i; u; v]).
Definition closed_form : tensor A := tensor4
  (fun n j o q' => Σ i < M, Σ y < (q + 1)%Z, Σ x < (q2 + 1)%Z, Σ u < K, Σ v < L, when ((o + p_h =? s_h * y + d_h * u) && (q' + p_w =? s_w * x + d_w * v))%Z (delta [n; i; y; x] * W2 [i; j; u; v])).

Theorem conv_transpose2d_of_conv2d (e : tensor A) :
  Σ n < N, Σ j < M, Σ y < (q + 1)%Z, Σ x < (q2 + 1)%Z, delta [n; j; y; x] * conv2d e [n; j; y; x]
  = Σ n < N, Σ j < C, Σ o < H, Σ q' < W, closed_form [n; j; o; q'] * e [n; j; o; q'].
Proof.
  open_up ltac:(unfold closed_form, conv2d, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j y x i u v => (n, (i, (s_h * y + d_h * u - p_h, (s_w * x + d_w * v - p_w, ((j, (y, (x, (u, (v, tt))))), tt))))))%Z
      (fun n j o q' i y x u v => (n, (i, (y, (x, (j, (u, (v, (tt, tt)))))))))%Z.
    - intros n ?known j ?known y ?known x ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known j ?known o ?known q' ?known i ?known y ?known x ?known u ?known v ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv_transpose2d_of_conv2d.
