(* cross_entropy.bias: Bias of the layer below softmax with cross-entropy
   ∂J/∂b = ((softmax(linear(a, W, bias=b)) - y) / N).sum(axis=0)
   For every N, C, I ≥ 1.
   When b changes by e, the first-order change of the sum of cross_entropy, by the chain rule, is
   that of the closed form times e. With exp' = exp, log' = reciprocal, reciprocal' = -reciprocal². *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C I : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis I_least : (1 <= I)%Z.
Variables W a y : tensor A.
Variables exp log reciprocal : A -> A.
Variable over_N : A.
Hypothesis over_N_law : integer N * over_N = 1.

Definition linear (b : tensor A) : tensor A := tensor2
  (fun n j => Σ i < I, a [n; i] * W [j; i] + b [j]).
Definition activation (b : tensor A) : tensor A := tensor2
  (fun n j => pointwise exp (linear b) [n; j]).
Definition sum_axes (b : tensor A) : tensor A := tensor2
  (fun n j_ => Σ j < C, activation b [n; j]).
Definition activation2 (b : tensor A) : tensor A := tensor2
  (fun n j_ => pointwise log (sum_axes b) [n; j_]).
Definition log_softmax (b : tensor A) : tensor A := tensor2
  (fun n j => linear b [n; j] - activation2 b [n; 0]%Z).
Definition scaled (b : tensor A) : tensor A := tensor2
  (fun n c => y [n; c] * log_softmax b [n; c]).
Definition sum_axes2 (b : tensor A) : tensor A := tensor0
  (Σ n < N, Σ c < C, scaled b [n; c]).
Definition scaled2 (b : tensor A) : tensor A := tensor0
  (- sum_axes2 b []).
Definition cross_entropy (b : tensor A) : tensor A := tensor0
  (over_N * scaled2 b []).
Definition softmax (b : tensor A) : tensor A := tensor2
  (fun n j => activation b [n; j] * (pointwise reciprocal (sum_axes b) [n; 0]%Z)).
Definition difference (b : tensor A) : tensor A := tensor2
  (fun n j => softmax b [n; j] - y [n; j]).
Definition quotient (b : tensor A) : tensor A := tensor2
  (fun n j => over_N * difference b [n; j]).
Definition closed_form (b : tensor A) : tensor A := tensor1
  (fun j => Σ n < N, quotient b [n; j]).
(* what changes to first order when b changes by e *)
Definition linear_change (b e : tensor A) : tensor A := tensor2
  (fun n j => e [j]).
Definition activation_change (b e : tensor A) : tensor A := tensor2
  (fun n j => pointwise exp (linear b) [n; j] * linear_change b e [n; j]).
Definition sum_axes_change (b e : tensor A) : tensor A := tensor2
  (fun n j_ => Σ j < C, activation_change b e [n; j]).
Definition activation2_change (b e : tensor A) : tensor A := tensor2
  (fun n j_ => pointwise reciprocal (sum_axes b) [n; j_] * sum_axes_change b e [n; j_]).
Definition log_softmax_change (b e : tensor A) : tensor A := tensor2
  (fun n j => linear_change b e [n; j] - activation2_change b e [n; 0]%Z).
Definition scaled_change (b e : tensor A) : tensor A := tensor2
  (fun n c => y [n; c] * log_softmax_change b e [n; c]).
Definition sum_axes2_change (b e : tensor A) : tensor A := tensor0
  (Σ n < N, Σ c < C, scaled_change b e [n; c]).
Definition scaled2_change (b e : tensor A) : tensor A := tensor0
  (- sum_axes2_change b e []).
Definition cross_entropy_change (b e : tensor A) : tensor A := tensor0
  (over_N * scaled2_change b e []).

Theorem cross_entropy_bias (b e : tensor A) :
  (forall j0, (0 <= j0 < N)%Z -> Σ k1 < C, y [j0; k1] = 1) ->
  cross_entropy_change b e []
  = Σ j < C, closed_form b [j] * e [j].
Proof.
  intros known_hypothesis_0.
  apply (adding (Σ n < N, Σ j < C, - (over_N * pointwise reciprocal (sum_axes b) [n; 0]%Z * pointwise exp (linear b) [n; j] * e [j] * (Σ k1 < C, y [n; k1] - 1)))).
  { vanishing_over n. vanishing_over j. vanishing. apply (known_hypothesis_0 (n)%Z); lia. }
  open_up ltac:(unfold cross_entropy_change, scaled2_change, sum_axes2_change, scaled_change, log_softmax_change, activation2_change, sum_axes_change, activation_change, linear_change, closed_form, quotient, difference, softmax, cross_entropy, scaled2, sum_axes2, scaled, log_softmax, activation2, sum_axes, activation, linear).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2; left3; left4] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right2).
  { same_sum left1 right2 1
      (fun n c => (c, ((n, tt), tt)))%Z
      (fun j n => (n, (j, tt)))%Z.
    - intros n ?known c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law]]).
    - intros j ?known n ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = ((- (1))) * value outermost left2).
  { same_sum left3 left2 ((- (1)))
      (fun n j k1 => (n, (k1, (j, tt))))%Z
      (fun n c j => (n, (j, (c, tt))))%Z.
    - intros n ?known j ?known k1 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law]]).
    - intros n ?known c ?known j ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = 1 * value outermost right1).
  { same_sum left4 right1 1
      (fun n j => (j, ((n, tt), tt)))%Z
      (fun j n => (n, (j, tt)))%Z.
    - intros n ?known j ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_N_law]]).
    - intros j ?known n ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left3, ?same_left4. numbers. ring [over_N_law].
Qed.
End certificate.
Print Assumptions cross_entropy_bias.
