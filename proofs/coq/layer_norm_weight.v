(* layer_norm.weight: Scale of layer normalization
   ∂J/∂gamma = (delta * normalized(x, (1,), epsilon)).sum(axis=0)
   For every C, N ≥ 1.
   J is the sum of delta times layer_norm. When gamma changes by ε·e, where the square of ε is 0, J
   changes by ε times the sum of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables C N : Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis N_least : (1 <= N)%Z.
Variables beta epsilon x delta : tensor A.
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
Definition scaled (gamma : tensor A) : tensor A := tensor2
  (fun n c => gamma [c] * normalized [n; c]).
Definition layer_norm (gamma : tensor A) : tensor A := tensor2
  (fun n c => scaled gamma [n; c] + beta [c]).
Definition scaled2 : tensor A := tensor2
  (fun n c => delta [n; c] * normalized [n; c]).
Definition closed_form : tensor A := tensor1
  (fun c => Σ n < N, scaled2 [n; c]).
(* what changes to first order when gamma changes by e *)
Definition scaled_change (gamma e : tensor A) : tensor A := tensor2
  (fun n c => e [c] * normalized [n; c]).
Definition layer_norm_change (gamma e : tensor A) : tensor A := tensor2
  (fun n c => scaled_change gamma e [n; c]).

Lemma layer_norm_weight_change (gamma e : tensor A) :
  Σ n < N, Σ c < C, delta [n; c] * layer_norm_change gamma e [n; c]
  = Σ c < C, closed_form [c] * e [c].
Proof.
  open_up ltac:(unfold layer_norm_change, scaled_change, closed_form, scaled2, layer_norm, scaled, normalized, added, variance, sum_axes2, power2, difference, mean, sum_axes).
  match goal with |- values outermost [?pleft1; ?pleft2] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c => (c, ((n, (tt, tt)), tt)))%Z
      (fun c n => (n, (c, (tt, tt))))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law]]).
    - intros c ?known n ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = 1 * value outermost right2).
  { same_sum left2 right2 1
      (fun n c c2 => (c, ((n, ((c2, tt), tt)), tt)))%Z
      (fun c n c2 => (n, (c, ((c2, tt), tt))))%Z.
    - intros n ?known c ?known c2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_C_law]]).
    - intros c ?known n ?known c2 ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left2. numbers. ring [over_C_law].
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma scaled_moves (gamma e : tensor A) n c :
  scaled (moved gamma ε e) [n; c]
  = scaled gamma [n; c] + ε * scaled_change gamma e [n; c].
Proof. unfold scaled, scaled_change. first_order ε_square ltac:(idtac). Qed.
Lemma layer_norm_moves (gamma e : tensor A) n c :
  layer_norm (moved gamma ε e) [n; c]
  = layer_norm gamma [n; c] + ε * layer_norm_change gamma e [n; c].
Proof. unfold layer_norm, layer_norm_change. first_order ε_square ltac:(rewrite ?scaled_moves). Qed.
Theorem layer_norm_weight (gamma e : tensor A) :
  Σ n < N, Σ c < C, delta [n; c] * layer_norm (moved gamma ε e) [n; c]
  = (Σ n < N, Σ c < C, delta [n; c] * layer_norm gamma [n; c])
    + ε * (Σ c < C, closed_form [c] * e [c]).
Proof.
  rewrite <- (layer_norm_weight_change gamma e).
  first_order ε_square ltac:(rewrite ?scaled_moves; rewrite ?layer_norm_moves).
Qed.
End certificate.
Print Assumptions layer_norm_weight.
