(* conv3d.input_full: Through a convolution of stride 1 without padding, as true full convolution
   ∂J/∂a = convolve(delta, swap(W))
   For every N, C, D, H, W, M, J, K, L ≥ 1 with D ≥ J, H ≥ K, W ≥ L.
   conv3d is linear in a: for every e, the sum of delta times conv3d of e is that of the closed
   form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C D H W M J K L : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis D_least : (1 <= D)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis J_least : (1 <= J)%Z.
Hypothesis K_least : (1 <= K)%Z.
Hypothesis L_least : (1 <= L)%Z.
Hypothesis assumed : (J <= D)%Z.
Hypothesis assumed1 : (K <= H)%Z.
Hypothesis assumed2 : (L <= W)%Z.
Variables W2 delta : tensor A.

Definition conv3d (a : tensor A) : tensor A := tensor5
  (fun n j t y x => Σ i < C, Σ r < J, Σ u < K, Σ v < L, a [n; i; t + r; y + u; x + v]%Z * W2 [j; i; r; u; v]).
Definition pad : tensor A := tensor5
  (fun n m i j k => when ((J <=? i + 1) && (i <? D) && (K <=? j + 1) && (j <? H) && (L <=? k + 1) && (k <? W))%Z (delta [n; m; i - J + 1; j - K + 1; k - L + 1]%Z)).
Definition swap : tensor A := tensor5
  (fun c m j k l => W2 [m; c; j; k; l]).
Definition rot180 : tensor A := tensor5
  (fun c m j k l => swap [c; m; J - j - 1; K - k - 1; L - l - 1]%Z).
Definition closed_form : tensor A := tensor5
  (fun n j t y x => Σ i < M, Σ r < J, Σ u < K, Σ v < L, pad [n; i; t + r; y + u; x + v]%Z * rot180 [j; i; r; u; v]).

Theorem conv3d_input_full (e : tensor A) :
  Σ n < N, Σ j < M, Σ t < (D - J + 1)%Z, Σ y < (H - K + 1)%Z, Σ x < (W - L + 1)%Z, delta [n; j; t; y; x] * conv3d e [n; j; t; y; x]
  = Σ n < N, Σ j < C, Σ t < D, Σ y < H, Σ x < W, closed_form [n; j; t; y; x] * e [n; j; t; y; x].
Proof.
  open_up ltac:(unfold closed_form, rot180, swap, pad, conv3d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j t y x i r u v => (n, (i, (t + r, (y + u, (x + v, ((j, (J - r - 1, (K - u - 1, (L - v - 1, (tt, tt))))), tt)))))))%Z
      (fun n j t y x i r u v => (n, (i, (t + r - J + 1, (y + u - K + 1, (x + v - L + 1, (j, (J - r - 1, (K - u - 1, (L - v - 1, tt))))))))))%Z.
    - intros n ?known j ?known t ?known y ?known x ?known i ?known r ?known u ?known v ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known j ?known t ?known y ?known x ?known i ?known r ?known u ?known v ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv3d_input_full.
