(* conv2d.weight: Kernel of a convolution
   ∂J/∂W = swap(correlate(swap(pad(a, ((p_h, K*d_h + s_h*((H + 2*p_h + d_h - K*d_h - 1)//s_h) - H -
   p_h - d_h + 1), (p_w, L*d_w + s_w*((W + 2*p_w + d_w - L*d_w - 1)//s_w) - W - p_w - d_w + 1)))),
   swap(dilate(delta, (s_h, s_w))), stride=(d_h, d_w)))
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
Definition conv2d (W2 : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < K, Σ v < L, pad [n; i; s_h * y + d_h * u; s_w * x + d_w * v]%Z * W2 [j; i; u; v]).
Definition pad2 : tensor A := tensor4
  (fun n c h w => when ((p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (a [n; c; h - p_h; w - p_w]%Z)).
Definition swap : tensor A := tensor4
  (fun c n h w => pad2 [n; c; h; w]).
Definition dilate : tensor A := tensor4
  (fun n m i j => Σ y < (q + 1)%Z, Σ x < (q2 + 1)%Z, when ((i =? s_h * y) && (j =? s_w * x))%Z (delta [n; m; y; x])).
Definition swap2 : tensor A := tensor4
  (fun m n i j => dilate [n; m; i; j]).
Definition correlate : tensor A := tensor4
  (fun c j y x => Σ i < N, Σ u < (q * s_h + 1)%Z, Σ v < (q2 * s_w + 1)%Z, swap [c; i; d_h * y + u; d_w * x + v]%Z * swap2 [j; i; u; v]).
Definition closed_form : tensor A := tensor4
  (fun j c y x => correlate [c; j; y; x]).

Theorem conv2d_weight (e : tensor A) :
  Σ n < N, Σ j < M, Σ y < (q + 1)%Z, Σ x < (q2 + 1)%Z, delta [n; j; y; x] * conv2d e [n; j; y; x]
  = Σ j < M, Σ c < C, Σ y < K, Σ x < L, closed_form [j; c; y; x] * e [j; c; y; x].
Proof.
  open_up ltac:(unfold closed_form, correlate, swap2, dilate, swap, pad2, conv2d, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j y x i u v => (j, (i, (u, (v, ((n, (s_h * y, (s_w * x, (tt, (y, (x, tt)))))), tt))))))%Z
      (fun j c y x i u v y2 x2 => (i, (j, (y2, (x2, (c, (y, (x, (tt, tt)))))))))%Z.
    - intros n ?known j ?known y ?known x ?known i ?known u ?known v ?known. guards_known.
      multiply (s_h - 1)%Z (y)%Z.
      multiply (q - y)%Z (s_h - 1)%Z.
      multiply (s_w - 1)%Z (x)%Z.
      multiply (q2 - x)%Z (s_w - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros j ?known c ?known y ?known x ?known i ?known u ?known v ?known y2 ?known x2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv2d_weight.
