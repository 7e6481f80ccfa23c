(* depthwise_conv2d.weight: Kernels of a depthwise convolution
   ∂J/∂W = [out[g, j, i, u, v] = Σ_{n<N, y<s_h*((H + 2*p_h + d_h - K*d_h - 1)//s_h) + 1, x<s_w*((W
   + 2*p_w + d_w - L*d_w - 1)//s_w) + 1} pad[n, g, i, d_h*u + y, d_w*v + x]·dilate[n, g, j, y, x]]
   For every N, C, H, W, M, K, L, d_h, s_h, d_w, s_w ≥ 1 and p_h, p_w ≥ 0 with H + 2*p_h + d_h ≥
   K*d_h + 1, W + 2*p_w + d_w ≥ L*d_w + 1.
   conv2d is linear in W2: for every e, the sum of delta times conv2d of e is that of the closed
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
Variables a delta : tensor A.

Definition pad : tensor A := tensor4
  (fun n c h w => when ((p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (a [n; c; h - p_h; w - p_w]%Z)).
Definition conv2d (W2 : tensor A) : tensor A := tensor5
  (fun n g j y x => Σ i < 1, Σ u < K, Σ v < L, pad [n; g; s_h * y + d_h * u; s_w * x + d_w * v]%Z * W2 [g; j; i; u; v]).
Definition t : tensor A := tensor5
  (fun n c o h w => a [n; c; h; w]).
Definition pad2 : tensor A := tensor5
  (fun n c o h w => when ((p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (t [n; c; o; h - p_h; w - p_w]%Z)).
Definition dilate : tensor A := tensor5
  (fun n c m i j => Σ y < (q + 1)%Z, Σ x < (q2 + 1)%Z, when ((i =? s_h * y) && (j =? s_w * x))%Z (delta [n; c; m; y; x])).
Definition closed_form : tensor A := tensor5
  (fun g j i u v => Σ n < N, Σ y < (q * s_h + 1)%Z, Σ x < (q2 * s_w + 1)%Z, pad2 [n; g; i; d_h * u + y; d_w * v + x]%Z * dilate [n; g; j; y; x]).

Theorem depthwise_conv2d_weight (e : tensor A) :
  Σ n < N, Σ g < C, Σ j < M, Σ y < (q + 1)%Z, Σ x < (q2 + 1)%Z, delta [n; g; j; y; x] * conv2d e [n; g; j; y; x]
  = Σ g < C, Σ j < M, Σ i < 1, Σ u < K, Σ v < L, closed_form [g; j; i; u; v] * e [g; j; i; u; v].
Proof.
  open_up ltac:(unfold closed_form, dilate, pad2, t, conv2d, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n g j y x i u v => (g, (j, (i, (u, (v, ((n, (s_h * y, (s_w * x, (tt, (y, (x, tt)))))), tt)))))))%Z
      (fun g j i u v n y x y2 x2 => (n, (g, (j, (y2, (x2, (i, (u, (v, (tt, tt))))))))))%Z.
    - intros n ?known g ?known j ?known y ?known x ?known i ?known u ?known v ?known. guards_known.
      multiply (s_h - 1)%Z (y)%Z.
      multiply (q - y)%Z (s_h - 1)%Z.
      multiply (s_w - 1)%Z (x)%Z.
      multiply (q2 - x)%Z (s_w - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros g ?known j ?known i ?known u ?known v ?known n ?known y ?known x ?known y2 ?known x2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions depthwise_conv2d_weight.
