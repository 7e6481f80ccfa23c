(* output_layer.squared_error: Output error of a convolutional output layer as large as the map
   ∂J/∂a = [out[n, i, h, w] = matmul[n, i, h, w]]
   For every N, C, H, W, M ≥ 1.
   When a changes by e, the first-order change of the sum of half_squared_error, by the chain rule,
   is that of the closed form times e. The derivative of a function may be any function. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C H W M : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis H_least : (1 <= H)%Z.
Hypothesis W_least : (1 <= W)%Z.
Hypothesis M_least : (1 <= M)%Z.
Variables y W2 : tensor A.
Variables σ σ' : A -> A.
Variable over_2 : A.
Hypothesis over_2_law : literal 2 * over_2 = 1.

Definition conv2d (a : tensor A) : tensor A := tensor4
  (fun n j y' x => Σ i < C, Σ u < H, Σ v < W, a [n; i; y' + u; x + v]%Z * W2 [j; i; u; v]).
Definition activation (a : tensor A) : tensor A := tensor4
  (fun n j y' x => pointwise σ (conv2d a) [n; j; y'; x]).
Definition half_squared_error (a : tensor A) : tensor A := tensor0
  (over_2 * (Σ n < N, Σ j < M, Σ y' < 1, Σ x < 1, (activation a [n; j; y'; x] - y [n; j; y'; x]) * (activation a [n; j; y'; x] - y [n; j; y'; x]))).
Definition difference (a : tensor A) : tensor A := tensor4
  (fun n j y' x => activation a [n; j; 0; 0]%Z - y [n; j; 0; 0]%Z).
Definition activation2 (a : tensor A) : tensor A := tensor4
  (fun n j y' x => pointwise σ' (conv2d a) [n; j; y'; x]).
Definition hadamard (a : tensor A) : tensor A := tensor4
  (fun n j y' x => difference a [n; j; y'; x] * activation2 a [n; j; y'; x]).
Definition slice (a : tensor A) : tensor A := tensor2
  (fun n j => hadamard a [n; j; 0; 0]%Z).
Definition flatten : tensor A := tensor4
  (fun m c h w => W2 [m; c; h; w]).
Definition matmul (a : tensor A) : tensor A := tensor4
  (fun n c h w => Σ j < M, slice a [n; j] * flatten [j; c; h; w]).
Definition closed_form (a : tensor A) : tensor A := tensor4
  (fun n i h w => matmul a [n; i; h; w]).
(* what changes to first order when a changes by e *)
Definition conv2d_change (a e : tensor A) : tensor A := tensor4
  (fun n j y' x => Σ i < C, Σ u < H, Σ v < W, e [n; i; y' + u; x + v]%Z * W2 [j; i; u; v]).
Definition activation_change (a e : tensor A) : tensor A := tensor4
  (fun n j y' x => pointwise σ' (conv2d a) [n; j; y'; x] * conv2d_change a e [n; j; y'; x]).
Definition half_squared_error_change (a e : tensor A) : tensor A := tensor0
  (over_2 * (Σ n < N, Σ j < M, Σ y' < 1, Σ x < 1, (activation_change a e [n; j; y'; x] * (activation a [n; j; y'; x] - y [n; j; y'; x]) + (activation a [n; j; y'; x] - y [n; j; y'; x]) * activation_change a e [n; j; y'; x]))).

Theorem output_layer_squared_error (a e : tensor A) :
  half_squared_error_change a e []
  = Σ n < N, Σ i < C, Σ h < H, Σ w < W, closed_form a [n; i; h; w] * e [n; i; h; w].
Proof.
  open_up ltac:(unfold half_squared_error_change, activation_change, conv2d_change, closed_form, matmul, flatten, slice, hadamard, activation2, difference, half_squared_error, activation, conv2d).
  match goal with |- values outermost [?pleft1; ?pleft2; ?pleft3; ?pleft4] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (left3 := pleft3); pose (left4 := pleft4); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2; left3; left4] = values outermost [right1; right2]) end.
  assert (same_left1 : value outermost left1 = over_2 * value outermost right1).
  { same_sum left1 right1 over_2
      (fun n j y' x i u v => (n, (i, (y' + u, (x + v, ((j, ((tt, tt), tt)), tt))))))%Z
      (fun n i h w j => (n, (j, (0, (0, ((i, (h, (w, tt))), tt))))))%Z.
    - intros n ?known j ?known y' ?known x ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known i ?known h ?known w ?known j ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left3 : value outermost left3 = over_2 * value outermost right1).
  { same_sum left3 right1 over_2
      (fun n j y' x i2 u2 v2 => (n, (i2, (y' + u2, (x + v2, ((j, ((tt, tt), tt)), tt))))))%Z
      (fun n i h w j => (n, (j, (0, (0, (tt, (i, (h, (w, tt)))))))))%Z.
    - intros n ?known j ?known y' ?known x ?known i2 ?known u2 ?known v2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known i ?known h ?known w ?known j ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left2 : value outermost left2 = over_2 * value outermost right2).
  { same_sum left2 right2 over_2
      (fun n j y' x i u v => (n, (i, (y' + u, (x + v, ((j, ((tt, tt), tt)), tt))))))%Z
      (fun n i h w j => (n, (j, (0, (0, ((i, (h, (w, tt))), tt))))))%Z.
    - intros n ?known j ?known y' ?known x ?known i ?known u ?known v ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known i ?known h ?known w ?known j ?known. guards_known.
      tuple_parts; lia. }
  assert (same_left4 : value outermost left4 = over_2 * value outermost right2).
  { same_sum left4 right2 over_2
      (fun n j y' x i2 u2 v2 => (n, (i2, (y' + u2, (x + v2, ((j, ((tt, tt), tt)), tt))))))%Z
      (fun n i h w j => (n, (j, (0, (0, (tt, (i, (h, (w, tt)))))))))%Z.
    - intros n ?known j ?known y' ?known x ?known i2 ?known u2 ?known v2 ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_2_law]]).
    - intros n ?known i ?known h ?known w ?known j ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1, ?same_left3, ?same_left2, ?same_left4. numbers. ring [over_2_law].
Qed.
End certificate.
Print Assumptions output_layer_squared_error.
