(* conv1d.bias: Bias of a convolution, one for each map
   ∂J/∂b = delta.sum(axis=(0, 2))
   For every N, C, H, M, K, d, s ≥ 1 and p ≥ 0 with H + 2*p + d ≥ K*d + 1.
   J is the sum of delta times conv1d. When b changes by ε·e, where the square of ε is 0, J changes
   by ε times the sum of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H M K p d s q : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis M_least : (1 <= M)%Z.
Hypothesis K_least : (1 <= K)%Z.
Hypothesis p_least : (0 <= p)%Z.
Hypothesis d_least : (1 <= d)%Z.
Hypothesis s_least : (1 <= s)%Z.
(* q is (2 * p + H + d - K * d - 1) / s, rounded down *)
Hypothesis q_floor : (s * q <= 2 * p + H + d - K * d - 1 < s * q + s)%Z.
Hypothesis assumed : (K * d < 2 * p + H + d)%Z.
Variables W a delta : tensor A.

Definition pad : tensor A := tensor3
  (fun n c h => when ((p <=? h) && (h <? H + p))%Z (a [n; c; h - p]%Z)).
Definition correlate : tensor A := tensor3
  (fun n j y => Σ i < C, Σ u < K, pad [n; i; s * y + d * u]%Z * W [j; i; u]).
Definition conv1d (b : tensor A) : tensor A := tensor3
  (fun n j y => correlate [n; j; y] + b [j]).
Definition closed_form : tensor A := tensor1
  (fun m => Σ n < N, Σ i < (q + 1)%Z, delta [n; m; i]).
(* what changes to first order when b changes by e *)
Definition conv1d_change (b e : tensor A) : tensor A := tensor3
  (fun n j y => e [j]).

Lemma conv1d_bias_change (b e : tensor A) :
  Σ n < N, Σ j < M, Σ y < (q + 1)%Z, delta [n; j; y] * conv1d_change b e [n; j; y]
  = Σ m < M, closed_form [m] * e [m].
Proof.
  open_up ltac:(unfold conv1d_change, closed_form, conv1d, correlate, pad).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n j y => (j, ((n, (y, tt)), tt)))%Z
      (fun m n i => (n, (m, (i, tt))))%Z.
    - intros n ?known j ?known y ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros m ?known n ?known i ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma conv1d_moves (b e : tensor A) n j y :
  conv1d (moved b ε e) [n; j; y]
  = conv1d b [n; j; y] + ε * conv1d_change b e [n; j; y].
Proof. unfold conv1d, conv1d_change. first_order ε_square ltac:(idtac). Qed.
Theorem conv1d_bias (b e : tensor A) :
  Σ n < N, Σ j < M, Σ y < (q + 1)%Z, delta [n; j; y] * conv1d (moved b ε e) [n; j; y]
  = (Σ n < N, Σ j < M, Σ y < (q + 1)%Z, delta [n; j; y] * conv1d b [n; j; y])
    + ε * (Σ m < M, closed_form [m] * e [m]).
Proof.
  rewrite <- (conv1d_bias_change b e).
  first_order ε_square ltac:(rewrite ?conv1d_moves).
Qed.
End certificate.
Print Assumptions conv1d_bias.
