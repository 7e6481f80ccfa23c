(* dense_as_conv2d.forward: A dense layer is a convolution whose kernel is as large as the map
   conv2d(a, [out[j, i, u, v] = W[j, i, u, v]], bias=b) = [out[n, j, y, x] = linear[n, j]]
   For every N, C, H, W, M ≥ 1.
   conv2d and the closed form are the same tensor. *)
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
Variables n j y x : Z.
Hypothesis n_inside : (0 <= n < N)%Z.
Hypothesis j_inside : (0 <= j < M)%Z.
Hypothesis y_inside : (0 <= y < 1)%Z.
Hypothesis x_inside : (0 <= x < 1)%Z.
Variables b W2 a : tensor A.

Definition t : tensor A := tensor4
  (fun j i u v => W2 [j; i; u; v]).
Definition correlate : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < H, Σ v < W, a [n; i; y + u; x + v]%Z * t [j; i; u; v]).
Definition conv2d : tensor A := tensor4
  (fun n j y x => correlate [n; j; y; x] + b [j]).
Definition flatten : tensor A := tensor4
  (fun n c h w => a [n; c; h; w]).
Definition linear : tensor A := tensor2
  (fun n j => Σ i < C, Σ i' < H, Σ i'' < W, flatten [n; i; i'; i''] * W2 [j; i; i'; i''] + b [j]).
Definition closed_form : tensor A := tensor4
  (fun n j y x => linear [n; j]).

Theorem dense_as_conv2d_forward :
  conv2d [n; j; y; x] = closed_form [n; j; y; x].
Proof.
  open_up ltac:(unfold closed_form, linear, flatten, conv2d, correlate, t).
  match goal with |- values outermost [?pleft1; ?pleft2] = values outermost [?pright1; ?pright2] =>
    pose (left1 := pleft1); pose (left2 := pleft2); pose (right1 := pright1); pose (right2 := pright2); change (values outermost [left1; left2] = values outermost [right1; right2]) end.
  assert (same_left2 : value outermost left2 = 1 * value outermost right2).
  { same_sum left2 right2 1
      (tt)%Z
      (tt)%Z.
    - guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - guards_known.
      tuple_parts; lia. }
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun i u v => (i, (y + u, (x + v, tt))))%Z
      (fun i i' i'' => (i, (i', (i'', tt))))%Z.
    - intros i ?known u ?known v ?known. guards_known.
      tuple_parts; lia_or (numbers; same_entries; ring).
    - intros i ?known i' ?known i'' ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left2, ?same_left1. numbers. ring.
Qed.
End certificate.
Print Assumptions dense_as_conv2d_forward.
