(* avg_pool3d.input: Through average pooling whose windows tile the input
   ∂J/∂a = upsample(delta, (k_d, k_h, k_w)) / (k_h*k_w*k_d)
   For every N, C, T, k_d, k_h, Y, k_w, X ≥ 1.
   avg_pool3d is linear in a: for every e, the sum of delta times avg_pool3d of e is that of the
   closed form times e. *)
From Symgrad Require Import Sums.

Section certificate.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Variables N C T k_d k_h Y k_w X : Z.
Hypothesis N_least : (1 <= N)%Z.
Hypothesis C_least : (1 <= C)%Z.
Hypothesis T_least : (1 <= T)%Z.
Hypothesis k_d_least : (1 <= k_d)%Z.
Hypothesis k_h_least : (1 <= k_h)%Z.
Hypothesis Y_least : (1 <= Y)%Z.
Hypothesis k_w_least : (1 <= k_w)%Z.
Hypothesis X_least : (1 <= X)%Z.
Variables delta : tensor A.
Variable over_k_d : A.
Hypothesis over_k_d_law : integer k_d * over_k_d = 1.
Variable over_k_h : A.
Hypothesis over_k_h_law : integer k_h * over_k_h = 1.
Variable over_k_w : A.
Hypothesis over_k_w_law : integer k_w * over_k_w = 1.

Definition avg_pool3d (a : tensor A) : tensor A := tensor5
  (fun n c t y x => (over_k_d * over_k_h * over_k_w) * (Σ r < k_d, Σ u < k_h, Σ v < k_w, a [n; c; k_d * t + r; k_h * y + u; k_w * x + v]%Z)).
Definition upsample : tensor A := tensor5
  (fun n c t y x => Σ t' < T, Σ y' < Y, Σ x' < X, Σ r < k_d, Σ u < k_h, Σ v < k_w, when ((t =? k_d * t' + r) && (y =? k_h * y' + u) && (x =? k_w * x' + v))%Z (delta [n; c; t'; y'; x'])).
Definition closed_form : tensor A := tensor5
  (fun n c t y x => (over_k_d * over_k_h * over_k_w) * upsample [n; c; t; y; x]).

Theorem avg_pool3d_input (e : tensor A) :
  Σ n < N, Σ c < C, Σ t < T, Σ y < Y, Σ x < X, delta [n; c; t; y; x] * avg_pool3d e [n; c; t; y; x]
  = Σ n < N, Σ c < C, Σ t < (T * k_d)%Z, Σ y < (Y * k_h)%Z, Σ x < (X * k_w)%Z, closed_form [n; c; t; y; x] * e [n; c; t; y; x].
Proof.
  open_up ltac:(unfold closed_form, upsample, avg_pool3d).
  match goal with |- values outermost [?pleft1] = values outermost [?pright1] =>
    pose (left1 := pleft1); pose (right1 := pright1); change (values outermost [left1] = values outermost [right1]) end.
  assert (same_left1 : value outermost left1 = 1 * value outermost right1).
  { same_sum left1 right1 1
      (fun n c t y x r u v => (n, (c, (k_d * t + r, (k_h * y + u, (k_w * x + v, ((t, (y, (x, (r, (u, (v, tt)))))), tt)))))))%Z
      (fun n c t y x t' y' x' r u v => (n, (c, (t', (y', (x', (t - k_d * t', (y - k_h * y', (x - k_w * x', tt)))))))))%Z.
    - intros n ?known c ?known t ?known y ?known x ?known r ?known u ?known v ?known. guards_known.
      multiply (k_d - 1)%Z (t)%Z.
      multiply (T - t - 1)%Z (k_d - 1)%Z.
      multiply (k_h - 1)%Z (y)%Z.
      multiply (Y - y - 1)%Z (k_h - 1)%Z.
      multiply (k_w - 1)%Z (x)%Z.
      multiply (X - x - 1)%Z (k_w - 1)%Z.
      tuple_parts; lia_or (numbers; same_entries; first [ring | ring [over_k_d_law over_k_h_law over_k_w_law]]).
    - intros n ?known c ?known t ?known y ?known x ?known t' ?known y' ?known x' ?known r ?known u ?known v ?known. guards_known.
      tuple_parts; lia. }
  cbn [values]. rewrite ?same_left1. numbers. ring [over_k_d_law over_k_h_law over_k_w_law].
Qed.
End certificate.
Print Assumptions avg_pool3d_input.
