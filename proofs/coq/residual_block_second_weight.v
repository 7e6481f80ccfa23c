(* residual.block_second_weight: Second kernel of a residual block of two convolutions
   ∂J/∂V = swap(correlate(swap(pad(σ(conv2d(a, W, padding=(p_h, p_w))), ((q_h, q_h), (q_w, q_w)))),
   swap(delta)))
   For every N, C, H, W, M ≥ 1 and p_h, p_w, q_h, q_w ≥ 0.
   J is the sum of delta times added. When V changes by ε·e, where the square of ε is 0, J changes
   by ε times the sum of the closed form times e. *)
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
Variables W2 a delta : tensor A.
Variables σ : A -> A.

Definition pad : tensor A := tensor4
  (fun n c h w => when ((p_h <=? h) && (h <? H + p_h) && (p_w <=? w) && (w <? W + p_w))%Z (a [n; c; h - p_h; w - p_w]%Z)).
Definition conv2d : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < (2 * p_h + 1)%Z, Σ v < (2 * p_w + 1)%Z, pad [n; i; y + u; x + v]%Z * W2 [j; i; u; v]).
Definition activation : tensor A := tensor4
  (fun n j y x => pointwise σ conv2d [n; j; y; x]).
Definition pad2 : tensor A := tensor4
  (fun n j y x => when ((q_h <=? y) && (y <? H + q_h) && (q_w <=? x) && (x <? W + q_w))%Z (activation [n; j; y - q_h; x - q_w]%Z)).
Definition conv2d2 (V : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < M, Σ u < (2 * q_h + 1)%Z, Σ v < (2 * q_w + 1)%Z, pad2 [n; i; y + u; x + v]%Z * V [j; i; u; v]).
Definition added (V : tensor A) : tensor A := tensor4
  (fun n c h w => a [n; c; h; w] + conv2d2 V [n; c; h; w]).
Definition swap : tensor A := tensor4
  (fun j n y x => pad2 [n; j; y; x]).
Definition swap2 : tensor A := tensor4
  (fun c n h w => delta [n; c; h; w]).
Definition correlate : tensor A := tensor4
  (fun j j' y x => Σ i < N, Σ u < H, Σ v < W, swap [j; i; y + u; x + v]%Z * swap2 [j'; i; u; v]).
Definition closed_form : tensor A := tensor4
  (fun j' j y x => correlate [j; j'; y; x]).
(* what changes to first order when V changes by e *)
Definition conv2d2_change (V e : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < M, Σ u < (2 * q_h + 1)%Z, Σ v < (2 * q_w + 1)%Z, pad2 [n; i; y + u; x + v]%Z * e [j; i; u; v]).
Definition added_change (V e : tensor A) : tensor A := tensor4
  (fun n c h w => conv2d2_change V e [n; c; h; w]).

Lemma residual_block_second_weight_change (V e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * added_change V e [n; c; h; w]
  = Σ j' < C, Σ j < M, Σ y < (2 * q_h + 1)%Z, Σ x < (2 * q_w + 1)%Z, closed_form [j'; j; y; x] * e [j'; j; y; x].
Proof.
  open_up ltac:(unfold added_change, conv2d2_change, closed_form, correlate, swap2, swap, added, conv2d2, pad2, activation, conv2d, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c h w i u v => (c, (i, (u, (v, ((n, (h, (w, (tt, tt)))), tt))))))%Z
      (fun j' j y x i u v => (i, (j', (u, (v, (j, (y, (x, (tt, tt)))))))))%Z.
    - intros n ?known c ?known h ?known w ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros j' ?known j ?known y ?known x ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma conv2d2_moves (V e : tensor A) n j y x :
  conv2d2 (moved V ε e) [n; j; y; x]
  = conv2d2 V [n; j; y; x] + ε * conv2d2_change V e [n; j; y; x].
Proof. unfold conv2d2, conv2d2_change. first_order ε_square ltac:(idtac). Qed.
Lemma added_moves (V e : tensor A) n c h w :
  added (moved V ε e) [n; c; h; w]
  = added V [n; c; h; w] + ε * added_change V e [n; c; h; w].
Proof. unfold added, added_change. first_order ε_square ltac:(rewrite ?conv2d2_moves). Qed.
Theorem residual_block_second_weight (V e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * added (moved V ε e) [n; c; h; w]
  = (Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * added V [n; c; h; w])
    + ε * (Σ j' < C, Σ j < M, Σ y < (2 * q_h + 1)%Z, Σ x < (2 * q_w + 1)%Z, closed_form [j'; j; y; x] * e [j'; j; y; x]).
Proof.
  rewrite <- (residual_block_second_weight_change V e).
  first_order ε_square ltac:(rewrite ?conv2d2_moves; rewrite ?added_moves).
Qed.
End certificate.
Print Assumptions residual_block_second_weight.
