(* batch_norm.inference_input: Through batch normalization with running statistics
   ∂J/∂x = per_channel(gamma / (v + epsilon)**(1/2), x) * delta
   For every C, N, H, W ≥ 1.
   J is the sum of delta times batch_norm. When x changes by ε·e, where the square of ε is 0, J
   changes by ε times the sum of the closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables C N H W : Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Variables beta epsilon v m gamma delta : tensor A.
Variables inverse_root : A -> A.

Definition per_channel : tensor A := tensor4
  (fun n c h w => gamma [c]).
Definition per_channel2 : tensor A := tensor4
  (fun n c h w => m [c]).
Definition difference (x : tensor A) : tensor A := tensor4
  (fun n c h w => x [n; c; h; w] - per_channel2 [0; c; 0; 0]%Z).
Definition added : tensor A := tensor1
  (fun c => v [c] + epsilon []).
Definition quotient (x : tensor A) : tensor A := tensor4
  (fun n c h w => difference x [n; c; h; w] * (pointwise inverse_root added [c])).
Definition scaled (x : tensor A) : tensor A := tensor4
  (fun n c h w => per_channel [0; c; 0; 0]%Z * quotient x [n; c; h; w]).
Definition per_channel3 : tensor A := tensor4
  (fun n c h w => beta [c]).
Definition batch_norm (x : tensor A) : tensor A := tensor4
  (fun n c h w => scaled x [n; c; h; w] + per_channel3 [0; c; 0; 0]%Z).
Definition quotient2 : tensor A := tensor1
  (fun c => gamma [c] * (pointwise inverse_root added [c])).
Definition per_channel4 : tensor A := tensor4
  (fun n c h w => quotient2 [c]).
Definition closed_form : tensor A := tensor4
  (fun n c h w => per_channel4 [0; c; 0; 0]%Z * delta [n; c; h; w]).
(* what changes to first order when x changes by e *)
Definition difference_change (x e : tensor A) : tensor A := tensor4
  (fun n c h w => e [n; c; h; w]).
Definition quotient_change (x e : tensor A) : tensor A := tensor4
  (fun n c h w => difference_change x e [n; c; h; w] * (pointwise inverse_root added [c])).
Definition scaled_change (x e : tensor A) : tensor A := tensor4
  (fun n c h w => per_channel [0; c; 0; 0]%Z * quotient_change x e [n; c; h; w]).
Definition batch_norm_change (x e : tensor A) : tensor A := tensor4
  (fun n c h w => scaled_change x e [n; c; h; w]).

Lemma batch_norm_inference_input_change (x e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * batch_norm_change x e [n; c; h; w]
  = Σ n < N, Σ c < C, Σ h < H, Σ w < W, closed_form [n; c; h; w] * e [n; c; h; w].
Proof.
  open_up ltac:(unfold batch_norm_change, scaled_change, quotient_change, difference_change, closed_form, per_channel4, quotient2, batch_norm, per_channel3, scaled, quotient, added, difference, per_channel2, per_channel).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c h w => (n, (c, (h, (w, tt)))))%Z
      (fun n c h w => (n, (c, (h, (w, tt)))))%Z.
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros n ?known c ?known h ?known w ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring.
Qed.

Variable ε : A.
Hypothesis ε_square : ε * ε = 0.
Lemma difference_moves (x e : tensor A) n c h w :
  difference (moved x ε e) [n; c; h; w]
  = difference x [n; c; h; w] + ε * difference_change x e [n; c; h; w].
Proof. unfold difference, difference_change. first_order ε_square ltac:(idtac). Qed.
Lemma quotient_moves (x e : tensor A) n c h w :
  quotient (moved x ε e) [n; c; h; w]
  = quotient x [n; c; h; w] + ε * quotient_change x e [n; c; h; w].
Proof. unfold quotient, quotient_change. first_order ε_square ltac:(rewrite ?difference_moves). Qed.
Lemma scaled_moves (x e : tensor A) n c h w :
  scaled (moved x ε e) [n; c; h; w]
  = scaled x [n; c; h; w] + ε * scaled_change x e [n; c; h; w].
Proof. unfold scaled, scaled_change. first_order ε_square ltac:(rewrite ?difference_moves; rewrite ?quotient_moves). Qed.
Lemma batch_norm_moves (x e : tensor A) n c h w :
  batch_norm (moved x ε e) [n; c; h; w]
  = batch_norm x [n; c; h; w] + ε * batch_norm_change x e [n; c; h; w].
Proof. unfold batch_norm, batch_norm_change. first_order ε_square ltac:(rewrite ?difference_moves; rewrite ?quotient_moves; rewrite ?scaled_moves). Qed.
Theorem batch_norm_inference_input (x e : tensor A) :
  Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * batch_norm (moved x ε e) [n; c; h; w]
  = (Σ n < N, Σ c < C, Σ h < H, Σ w < W, delta [n; c; h; w] * batch_norm x [n; c; h; w])
    + ε * (Σ n < N, Σ c < C, Σ h < H, Σ w < W, closed_form [n; c; h; w] * e [n; c; h; w]).
Proof.
  rewrite <- (batch_norm_inference_input_change x e).
  first_order ε_square ltac:(rewrite ?difference_moves; rewrite ?quotient_moves; rewrite ?scaled_moves; rewrite ?batch_norm_moves).
Qed.
End certificate.
Print Assumptions batch_norm_inference_input.
