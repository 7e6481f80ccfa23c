(* conv2d.input_full: Through a convolution of stride 1 without padding, as true full convolution
   ∂J/∂a = convolve(delta, swap(W))
   For every N, C, H, W, M, K, L ≥ 1 with H ≥ K, W ≥ L.
   conv2d is linear in a: for every e, the sum of delta times conv2d of e is that of the closed
   form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H W M K L : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis K_least : (1 <= K)%Z.
Hypothesis L_least : (1 <= L)%Z.
Hypothesis assumed : (K <= H)%Z.
Hypothesis assumed1 : (L <= W)%Z.
Variables W2 delta : tensor A.

Definition conv2d (a : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < K, Σ v < L, a [n; i; y + u; x + v]%Z * W2 [j; i; u; v]).
Definition pad : tensor A := tensor4
  (fun n m i j => when ((K <=? i + 1) && (i <? H) && (L <=? j + 1) && (j <? W))%Z (delta [n; m; i - K + 1; j - L + 1]%Z)).
Definition swap : tensor A := tensor4
  (fun c m k l => W2 [m; c; k; l]).
Definition rot180 : tensor A := tensor4
  (fun c m k l => swap [c; m; K - k - 1; L - l - 1]%Z).
Definition closed_form : tensor A := tensor4
  (fun n j y x => Σ i < M, Σ u < K, Σ v < L, pad [n; i; y + u; x + v]%Z * rot180 [j; i; u; v]).

Theorem conv2d_input_full (e : tensor A) :
  Σ n < N, Σ j < M, Σ y < (H - K + 1)%Z, Σ x < (W - L + 1)%Z, delta [n; j; y; x] * conv2d e [n; j; y; x]
  = Σ n < N, Σ j < C, Σ y < H, Σ x < W, closed_form [n; j; y; x] * e [n; j; y; x].
Proof.
  open_up ltac:(unfold closed_form, rot180, swap, pad, conv2d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j y x i u v => (n, (i, (y + u, (x + v, ((j, (K - u - 1, (L - v - 1, (tt, tt)))), tt))))))%Z
      (fun n j y x i u v => (n, (i, (y + u - K + 1, (x + v - L + 1, (j, (K - u - 1, (L - v - 1, tt))))))))%Z.
    - intros n ?known j ?known y ?known x ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known j ?known y ?known x ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv2d_input_full.
