(* conv2d.weight_valid: Kernel of a convolution of stride 1 without padding
   ∂J/∂W = swap(correlate(swap(a), swap(delta)))
   For every N, C, H, W, M, K, L ≥ 1 with H ≥ K, W ≥ L.
   conv2d is linear in W2: for every e, the sum of delta times conv2d of e is that of the closed
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
Variables a delta : tensor A.

Definition conv2d (W2 : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < K, Σ v < L, a [n; i; y + u; x + v]%Z * W2 [j; i; u; v]).
Definition swap : tensor A := tensor4
  (fun c n h w => a [n; c; h; w]).
Definition swap2 : tensor A := tensor4
  (fun m n i j => delta [n; m; i; j]).
Definition correlate : tensor A := tensor4
  (fun c j y x => Σ i < N, Σ u < (H - K + 1)%Z, Σ v < (W - L + 1)%Z, swap [c; i; y + u; x + v]%Z * swap2 [j; i; u; v]).
Definition closed_form : tensor A := tensor4
  (fun j c y x => correlate [c; j; y; x]).

Theorem conv2d_weight_valid (e : tensor A) :
  Σ n < N, Σ j < M, Σ y < (H - K + 1)%Z, Σ x < (W - L + 1)%Z, delta [n; j; y; x] * conv2d e [n; j; y; x]
  = Σ j < M, Σ c < C, Σ y < K, Σ x < L, closed_form [j; c; y; x] * e [j; c; y; x].
Proof.
  open_up ltac:(unfold closed_form, correlate, swap2, swap, conv2d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j y x i u v => (j, (i, (u, (v, ((n, (y, (x, tt))), tt))))))%Z
      (fun j c y x i u v => (i, (j, (u, (v, (c, (y, (x, tt))))))))%Z.
    - intros n ?known j ?known y ?known x ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros j ?known c ?known y ?known x ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions conv2d_weight_valid.
