(* residual.conv2d: Through a residual connection around a convolution
   ∂J/∂a = delta + correlate(pad(delta, ((p_h, p_h), (p_w, p_w))), rot180(swap(W)))
   For every N, C, H, W ≥ 1 and p_h, p_w ≥ 0.
   added is linear in a: for every e, the sum of delta times added of e is that of the closed form
   times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H W p_h p_w : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis p_h_least : (0 <= p_h)%Z.
Hypothesis p_w_least : (0 <= p_w)%Z.
Variables W2 delta : tensor A.

Definition pad (a : tensor A) : tensor A := tensor4
  (fun n c h w => when ((p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (a [n; c; h - p_h; w - p_w]%Z)).
Definition conv2d (a : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < (2 * p_h + 1)%Z, Σ v < (2 * p_w + 1)%Z, pad a [n; i; y + u; x + v]%Z * W2 [j; i; u; v]).
Definition added (a : tensor A) : tensor A := tensor4
  (fun n c h w => a [n; c; h; w] + conv2d a [n; c; h; w]).
Definition pad2 : tensor A := tensor4
  (fun n c h w => when ((p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (delta [n; c; h - p_h; w - p_w]%Z)).
Definition swap : tensor A := tensor4
  (fun c' c i j => W2 [c; c'; i; j]).
Definition rot180 : tensor A := tensor4
  (fun c' c i j => swap [c'; c; 2 * p_h - i; 2 * p_w - j]%Z).
Definition correlate : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < (2 * p_h + 1)%Z, Σ v < (2 * p_w + 1)%Z, pad2 [n; i; y + u; x + v]%Z * rot180 [j; i; u; v]).
Definition closed_form : tensor A := tensor4
  (fun n c h w => delta [n; c; h; w] + correlate [n; c; h; w]).

Theorem residual_conv2d (e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * added e [n; c; h; w]
  = Σ n < N, Σ c < C, Σ h < H, Σ w < W, closed_form [n; c; h; w] * e [n; c; h; w].
Proof.
  open_up ltac:(unfold closed_form, correlate, rot180, swap, pad2, added, conv2d, pad).
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
      (fun n c h w i u v => (n, (i, (h + u - p_h, (w + v - p_w, ((c, (2 * p_h - u, (2 * p_w - v, (tt, tt)))), tt))))))%Z
      (fun n c h w i u v => (n, (i, (h + u - p_h, (w + v - p_w, (c, (2 * p_h - u, (2 * p_w - v, (tt, tt)))))))))%Z.
    - intros n ?known c ?known h ?known w ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known h ?known w ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2. numbers. ring.
Qed.
End certificate.
Print Assumptions residual_conv2d.
