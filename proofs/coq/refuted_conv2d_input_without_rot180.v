(* refuted.conv2d.input_without_rot180: through a convolution, the kernel not turned
   ∂J/∂a = correlate(pad(delta, (K - 1, L - 1)), swap(W))
   This is wrong. At N=1, C=1, H=1, W=2, M=1, K=1, L=2 the two sides are 1 and 0. *)
From Symgrad Require Import Sums.

Definition A : commutative_ring := integers.
Local Open Scope ring_scope.

Definition N : Z := 1.
Definition C : Z := 1.
Definition H : Z := 1.
Definition W : Z := 2.
Definition M : Z := 1.
Definition K : Z := 1.
Definition L : Z := 2.
Definition W2 : tensor A := entries [([0; 0; 0; 0], literal (1))]%Z.
Definition a : tensor A := entries []%Z.
Definition delta : tensor A := entries [([0; 0; 0; 0], literal (1))]%Z.
Definition e : tensor A := entries [([0; 0; 0; 0], literal 1)]%Z.

Definition conv2d (a : tensor A) : tensor A := tensor4
  (fun n j y x => Σ i < C, Σ u < K, Σ v < L, a [n; i; y + u; x + v]%Z * W2 [j; i; u; v]).
Definition pad : tensor A := tensor4
  (fun n m i j => when ((K <=? i + 1) && (i <? H) && (L <=? j + 1) && (j <? W))%Z (delta [n; m; i - K + 1; j - L + 1]%Z)).
Definition swap : tensor A := tensor4
  (fun c m k l => W2 [m; c; k; l]).
Definition closed_form : tensor A := tensor4
  (fun n j y x => Σ i < M, Σ u < K, Σ v < L, pad [n; i; y + u; x + v]%Z * swap [j; i; u; v]).

Theorem refuted_conv2d_input_without_rot180 :
  Σ n < N, Σ j < M, Σ y < (H - K + 1)%Z, Σ x < (W - L + 1)%Z, delta [n; j; y; x] * conv2d e [n; j; y; x]
  <> Σ n < N, Σ j < C, Σ y < H, Σ x < W, closed_form [n; j; y; x] * e [n; j; y; x].
Proof. differ_in_integers. Qed.
Print Assumptions refuted_conv2d_input_without_rot180.
