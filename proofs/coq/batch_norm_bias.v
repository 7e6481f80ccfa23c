(* batch_norm.bias: Shift of batch normalization
   ∂J/∂beta = delta.sum(axis=0)
   For every C, N ≥ 1.
   J is the sum of delta times batch_norm. When beta changes by ε·e, where the square of ε is 0, J
   changes by ε times the sum of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables C N : Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis N_least : (1 <= N)%Z.
Variables epsilon x gamma delta : tensor A.
Variables inverse_root : A -> A.
Variable over_N : A.
Hypothesis over_N_law : integer N * over_N = 1.

Definition per_channel : tensor A := tensor2
  (fun n c => gamma [c]).
Definition sum_axes : tensor A := tensor2
  (fun n_ c => Σ n < N, x [n; c]).
Definition mean : tensor A := tensor2
  (fun n_ c => over_N * sum_axes [0; c]%Z).
Definition difference : tensor A := tensor2
  (fun n c => x [n; c] - mean [0; c]%Z).
Definition power2 : tensor A := tensor2
  (fun n c => difference [n; c] * difference [n; c]).
Definition sum_axes2 : tensor A := tensor2
  (fun n_ c => Σ n < N, power2 [n; c]).
Definition variance : tensor A := tensor2
  (fun n_ c => over_N * sum_axes2 [0; c]%Z).
Definition added : tensor A := tensor2
  (fun n_ c => variance [0; c]%Z + epsilon []).
Definition normalized : tensor A := tensor2
  (fun n c => difference [n; c] * (pointwise inverse_root added [0; c]%Z)).
Definition scaled : tensor A := tensor2
  (fun n c => per_channel [0; c]%Z * normalized [n; c]).
Definition per_channel2 (beta : tensor A) : tensor A := tensor2
  (fun n c => beta [c]).
Definition batch_norm (beta : tensor A) : tensor A := tensor2
  (fun n c => scaled [n; c] + per_channel2 beta [0; c]%Z).
Definition closed_form : tensor A := tensor1
  (fun c => Σ n < N, delta [n; c]).
(* what changes to first order when beta changes by e *)
Definition per_channel2_change (beta e : tensor A) : tensor A := tensor2
  (fun n c => e [c]).
Definition batch_norm_change (beta e : tensor A) : tensor A := tensor2
  (fun n c => per_channel2_change beta e [0; c]%Z).

Lemma batch_norm_bias_change (beta e : tensor A) :
  Σ n < N, Σ c < C, delta [n; c] * batch_norm_change beta e [n; c]
  = Σ c < C, closed_form [c] * e [c].
Proof.
  open_up ltac:(unfold batch_norm_change, per_channel2_change, closed_form, batch_norm, per_channel2, scaled, normalized, added, variance, sum_axes2, power2, difference, mean, sum_axes, per_channel).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c => (c, ((n, tt), tt)))%Z
      (fun c n => (n, (c, tt)))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law]]).
    - intros c ?known n ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring [over_N_law].
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma per_channel2_moves (beta e : tensor A) n c :
  per_channel2 (moved beta ε e) [n; c]
  = per_channel2 beta [n; c] + ε * per_channel2_change beta e [n; c].
Proof. unfold per_channel2, per_channel2_change. first_order ε_square ltac:(idtac). Qed.
Lemma batch_norm_moves (beta e : tensor A) n c :
  batch_norm (moved beta ε e) [n; c]
  = batch_norm beta [n; c] + ε * batch_norm_change beta e [n; c].
Proof. unfold batch_norm, batch_norm_change. first_order ε_square ltac:(rewrite ?per_channel2_moves). Qed.
Theorem batch_norm_bias (beta e : tensor A) :
  Σ n < N, Σ c < C, delta [n; c] * batch_norm (moved beta ε e) [n; c]
  = (Σ n < N, Σ c < C, delta [n; c] * batch_norm beta [n; c])
    + ε * (Σ c < C, closed_form [c] * e [c]).
Proof.
  rewrite <- (batch_norm_bias_change beta e).
  first_order ε_square ltac:(rewrite ?per_channel2_moves; rewrite ?batch_norm_moves).
Qed.
End certificate.
Print Assumptions batch_norm_bias.
