(* layer_norm.bias: Shift of layer normalization
   ∂J/∂beta = delta.sum(axis=0)
   For every C, N ≥ 1.
   J is the sum of delta times layer_norm. When beta changes by ε·e, where the square of ε is 0, J
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
Variable over_C : A.
Hypothesis over_C_law : integer C * over_C = 1.

Definition sum_axes : tensor A := tensor2
  (fun n c_ => Σ c < C, x [n; c]).
Definition mean : tensor A := tensor2
  (fun n c_ => over_C * sum_axes [n; 0]%Z).
Definition difference : tensor A := tensor2
  (fun n c => x [n; c] - mean [n; 0]%Z).
Definition power2 : tensor A := tensor2
  (fun n c => difference [n; c] * difference [n; c]).
Definition sum_axes2 : tensor A := tensor2
  (fun n c_ => Σ c < C, power2 [n; c]).
Definition variance : tensor A := tensor2
  (fun n c_ => over_C * sum_axes2 [n; 0]%Z).
Definition added : tensor A := tensor2
  (fun n c_ => variance [n; 0]%Z + epsilon []).
Definition normalized : tensor A := tensor2
  (fun n c => difference [n; c] * (pointwise inverse_root added [n; 0]%Z)).
Definition scaled : tensor A := tensor2
  (fun n c => gamma [c] * normalized [n; c]).
Definition layer_norm (beta : tensor A) : tensor A := tensor2
  (fun n c => scaled [n; c] + beta [c]).
Definition closed_form : tensor A := tensor1
  (fun c => Σ n < N, delta [n; c]).
(* what changes to first order when beta changes by e *)
Definition layer_norm_change (beta e : tensor A) : tensor A := tensor2
  (fun n c => e [c]).

Lemma layer_norm_bias_change (beta e : tensor A) :
  Σ n < N, Σ c < C, delta [n; c] * layer_norm_change beta e [n; c]
  = Σ c < C, closed_form [c] * e [c].
Proof.
  open_up ltac:(unfold layer_norm_change, closed_form, layer_norm, scaled, normalized, added, variance, sum_axes2, power2, difference, mean, sum_axes).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c => (c, ((n, tt), tt)))%Z
      (fun c n => (n, (c, tt)))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law]]).
    - intros c ?known n ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring [over_C_law].
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma layer_norm_moves (beta e : tensor A) n c :
  layer_norm (moved beta ε e) [n; c]
  = layer_norm beta [n; c] + ε * layer_norm_change beta e [n; c].
Proof. unfold layer_norm, layer_norm_change. first_order ε_square ltac:(idtac). Qed.
Theorem layer_norm_bias (beta e : tensor A) :
  Σ n < N, Σ c < C, delta [n; c] * layer_norm (moved beta ε e) [n; c]
  = (Σ n < N, Σ c < C, delta [n; c] * layer_norm beta [n; c])
    + ε * (Σ c < C, closed_form [c] * e [c]).
Proof.
  rewrite <- (layer_norm_bias_change beta e).
  first_order ε_square ltac:(rewrite ?layer_norm_moves).
Qed.
End certificate.
Print Assumptions layer_norm_bias.
