(* conv3d.input: Through a convolution
   ∂J/∂a = correlate(pad(dilate(delta, (s_d, s_h, s_w)), ((J*d_d - p_d - d_d, D + p_d - s_d*((D +
   2*p_d + d_d - J*d_d - 1)//s_d) - 1), (K*d_h - p_h - d_h, H + p_h - s_h*((H + 2*p_h + d_h - K*d_h
   - 1)//s_h) - 1), (L*d_w - p_w - d_w, W + p_w - s_w*((W + 2*p_w + d_w - L*d_w - 1)//s_w) - 1))),
   rot180(swap(W)), dilation=(d_d, d_h, d_w))
   For every N, C, D, H, W, M, J, K, L, d_d, s_d, d_h, s_h, d_w, s_w ≥ 1 and p_d, p_h, p_w ≥ 0 with
   D + 2*p_d + d_d ≥ J*d_d + 1, H + 2*p_h + d_h ≥ K*d_h + 1, W + 2*p_w + d_w ≥ L*d_w + 1.
   conv3d is linear in a: for every e, the sum of delta times conv3d of e is that of the closed
   form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C D H W M J K L p_d d_d s_d p_h d_h s_h p_w d_w s_w q q2 q3 : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis D_least : (1 <= D)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis J_least : (1 <= J)%Z.
Hypothesis K_least : (1 <= K)%Z.
Hypothesis L_least : (1 <= L)%Z.
Hypothesis p_d_least : (0 <= p_d)%Z.
Hypothesis d_d_least : (1 <= d_d)%Z.
Hypothesis s_d_least : (1 <= s_d)%Z.
Hypothesis p_h_least : (0 <= p_h)%Z.
Hypothesis d_h_least : (1 <= d_h)%Z.
Hypothesis s_h_least : (1 <= s_h)%Z.
Hypothesis p_w_least : (0 <= p_w)%Z.
Hypothesis d_w_least : (1 <= d_w)%Z.
Hypothesis s_w_least : (1 <= s_w)%Z.
(* q is (2 * p_d + D + d_d - J * d_d - 1) / s_d, rounded down *)
Hypothesis q_floor : (s_d * q <= 2 * p_d + D + d_d - J * d_d - 1 < s_d * q + s_d)%Z.
(* q2 is (2 * p_h + H + d_h - K * d_h - 1) / s_h, rounded down *)
Hypothesis q2_floor : (s_h * q2 <= 2 * p_h + H + d_h - K * d_h - 1 < s_h * q2 + s_h)%Z.
(* q3 is (2 * p_w + W + d_w - L * d_w - 1) / s_w, rounded down *)
Hypothesis q3_floor : (s_w * q3 <= 2 * p_w + W + d_w - L * d_w - 1 < s_w * q3 + s_w)%Z.
Hypothesis assumed : (J * d_d < 2 * p_d + D + d_d)%Z.
Hypothesis assumed1 : (K * d_h < 2 * p_h + H + d_h)%Z.
Hypothesis assumed2 : (L * d_w < 2 * p_w + W + d_w)%Z.
Variables W2 delta : tensor A.

Definition pad (a : tensor A) : tensor A := tensor5
  (fun n c d h w => when ((p_d <=? d) && (d <? D + p_d) && (p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (a [n; c; d - p_d; h - p_h; w - p_w]%Z)).
Definition conv3d (a : tensor A) : tensor A := tensor5
  (fun n j t y x => Σ i < C, Σ r < J, Σ u < K, Σ v < L, pad a [n; i; s_d * t + d_d * r; s_h * y + d_h * u; s_w * x + d_w * v]%Z * W2 [j; i; r; u; v]).
Definition dilate : tensor A := tensor5
  (fun n m i j k => Σ t < (q + 1)%Z, Σ y < (q2 + 1)%Z, Σ x < (q3 + 1)%Z, when ((i =? s_d * t) && (j =? s_h * y) && (k =? s_w * x))%Z (delta [n; m; t; y; x])).
Definition pad2 : tensor A := tensor5
  (fun n m i j k => when ((J * d_d <=? i + d_d + p_d) && (i + d_d + p_d <=? q * s_d + J * d_d) && (K * d_h <=? j + d_h + p_h) && (j + d_h + p_h <=? q2 * s_h + K * d_h) && (L * d_w <=? k + d_w + p_w) && (k + d_w + p_w <=? q3 * s_w + L * d_w))%Z (dilate [n; m; i + d_d + p_d - J * d_d; j + d_h + p_h - K * d_h; k + d_w + p_w - L * d_w]%Z)).
Definition swap : tensor A := tensor5
  (fun c m j k l => W2 [m; c; j; k; l]).
Definition rot180 : tensor A := tensor5
  (fun c m j k l => swap [c; m; J - j - 1; K - k - 1; L - l - 1]%Z).
Definition closed_form : tensor A := tensor5
  (fun n j t y x => Σ i < M, Σ r < J, Σ u < K, Σ v < L, pad2 [n; i; t + d_d * r; y + d_h * u; x + d_w * v]%Z * rot180 [j; i; r; u; v]).

Theorem conv3d_input (e : tensor A) :
  Σ n < N, Σ j < M, Σ t < (q + 1)%Z, Σ y < (q2 + 1)%Z, Σ x < (q3 + 1)%Z, delta [n; j; t; y; x] * conv3d e [n; j; t; y; x]
  = Σ n < N, Σ j < C, Σ t < D, Σ y < H, Σ x < W, closed_form [n; j; t; y; x] * e [n; j; t; y; x].
Proof.
  open_up ltac:(unfold closed_form, rot180, swap, pad2, dilate, conv3d, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j t y x i r u v => (n, (i, (s_d * t + d_d * r - p_d, (s_h * y + d_h * u - p_h, (s_w * x + d_w * v - p_w, ((j, (J - r - 1, (K - u - 1, (L - v - 1, ((t, (y, (x, tt))), tt))))), tt)))))))%Z
      (fun n j t y x i r u v t2 y2 x2 => (n, (i, (t2, (y2, (x2, (j, (J - r - 1, (K - u - 1, (L - v - 1, (tt, tt)))))))))))%Z.
    - intros n ?known j ?known t ?known y ?known x ?known i ?known r ?known u ?known v ?known. guards_known.
      multiply (s_d - 1)%Z (t)%Z.
      multiply (q - t)%Z (s_d - 1)%Z.
      multiply (s_h - 1)%Z (y)%Z.
      multiply (q2 - y)%Z (s_h - 1)%Z.
      multiply (s_w - 1)%Z (x)%Z.
      multiply (q3 - x)%Z (s_w - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known j ?known t ?known y ?known x ?known i ?known r ?known u ?known v ?known t2 ?known y2 ?known x2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv3d_input.
