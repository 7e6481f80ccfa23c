(* conv3d.weight_valid: Kernel of a convolution of stride 1 without padding
   ∂J/∂W = swap(correlate(swap(a), swap(delta)))
   For every N, C, D, H, W, M, J, K, L ≥ 1 with D ≥ J, H ≥ K, W ≥ L.
   conv3d is linear in W2: for every e, the sum of delta times conv3d of e is that of the closed
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
Variables a delta : tensor A.

Definition conv3d (W2 : tensor A) : tensor A := tensor5
  (fun n j t y x => Σ i < C, Σ r < J, Σ u < K, Σ v < L, a [n; i; t + r; y + u; x + v]%Z * W2 [j; i; r; u; v]).
Definition swap : tensor A := tensor5
  (fun c n d h w => a [n; c; d; h; w]).
Definition swap2 : tensor A := tensor5
  (fun m n i j k => delta [n; m; i; j; k]).
Definition correlate : tensor A := tensor5
  (fun c j t y x => Σ i < N, Σ r < (D - J + 1)%Z, Σ u < (H - K + 1)%Z, Σ v < (W - L + 1)%Z, swap [c; i; t + r; y + u; x + v]%Z * swap2 [j; i; r; u; v]).
Definition closed_form : tensor A := tensor5
  (fun j c t y x => correlate [c; j; t; y; x]).

Theorem conv3d_weight_valid (e : tensor A) :
  Σ n < N, Σ j < M, Σ t < (D - J + 1)%Z, Σ y < (H - K + 1)%Z, Σ x < (W - L + 1)%Z, delta [n; j; t; y; x] * conv3d e [n; j; t; y; x]
  = Σ j < M, Σ c < C, Σ t < J, Σ y < K, Σ x < L, closed_form [j; c; t; y; x] * e [j; c; t; y; x].
Proof.
  open_up ltac:(unfold closed_form, correlate, swap2, swap, conv3d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j t y x i r u v => (j, (i, (r, (u, (v, ((n, (t, (y, (x, tt)))), tt)))))))%Z
      (fun j c t y x i r u v => (i, (j, (r, (u, (v, (c, (t, (y, (x, tt))))))))))%Z.
    - intros n ?known j ?known t ?known y ?known x ?known i ?known r ?known u ?known v ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros j ?known c ?known t ?known y ?known x ?known i ?known r ?known u ?known v ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv3d_weight_valid.
