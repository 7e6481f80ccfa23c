(* softmax.sums_to_one: The outputs of softmax sum to one
   softmax(z).sum(axis=1) = full(0, (N,)) + 1
   For every N, C ≥ 1.
   sum_axes2 and the closed form are the same tensor. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Variables n : Z.
Hypothesis n_inside : (0 <= n < N)%Z.
Variables z : tensor A.
Variables reciprocal exp : A -> A.

Definition activation : tensor A := tensor2
  (fun n c => pointwise exp z [n; c]).
Definition sum_axes : tensor A := tensor2
  (fun n c_ => Σ c < C, activation [n; c]).
Definition softmax : tensor A := tensor2
  (fun n c => activation [n; c] * (pointwise reciprocal sum_axes [n; 0]%Z)).
Definition sum_axes2 : tensor A := tensor1
  (fun n => Σ c < C, softmax [n; c]).
Definition full : tensor A := tensor1
  (fun i0 => 0).
Definition closed_form : tensor A := tensor1
  (fun i0 => full [i0] + 1).

Theorem softmax_sums_to_one :
  (forall n c_, (0 <= n < N)%Z -> (0 <= c_ < 1)%Z -> sum_axes [n; c_] * pointwise reciprocal sum_axes [n; c_] = 1) ->
  sum_axes2 [n] = closed_form [n].
Proof.
  intros known_cancel_sum_axes.
  apply (adding (- (sum_axes [n; 0]%Z * pointwise reciprocal sum_axes [n; 0]%Z - 1))).
  { vanishing. apply (known_cancel_sum_axes (n)%Z (0)%Z); lia. }
  open_up ltac:(unfold closed_form, full, sum_axes2, softmax, sum_axes, activation).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (right1 := pright1); change (values outermost [left1; left2; left3] = values outermost [right1]) end.
  assert (same_left2 : value outermost left2 = ((- (1))) * value outermost left1).
  { same_sum left2 left1 ((- (1)))
      (fun c => (c, tt))%Z
      (fun c => ((c, tt), tt))%Z.
    - intros c ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros c ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = 1 * value outermost right1).
  { same_sum left3 right1 1
      (tt)%Z
      (tt)%Z.
    - guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left2, ?same_left3. numbers. ring.
Qed.
End certificate.
Print Assumptions softmax_sums_to_one.
