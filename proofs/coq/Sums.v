(* Finite sums over tuples of integers, with entries in any commutative ring.

   What a certificate says is written with `total` (a sum), `when` (an indicator) and `tensor` (a
   function of a list of indices). What proves it is `one_to_one`: two guarded sums are equal, up to a
   factor, if there are maps between their index sets that undo each other, under which the terms agree.
   `expands` opens an expression up into a list of such sums; the tactics at the end put this together. *)
From Coq Require Export ZArith List Bool Lia Ring.
From Coq Require Import FinFun Permutation QArith Qcanon.
Export ListNotations.
Open Scope Z_scope.

Record commutative_ring := {
  carrier :> Type;
  zero : carrier; one : carrier;
  plus : carrier -> carrier -> carrier;
  times : carrier -> carrier -> carrier;
  minus : carrier -> carrier -> carrier;
  opposite : carrier -> carrier;
  laws : ring_theory zero one plus times minus opposite eq }.
Arguments zero {_}. Arguments one {_}. Arguments plus {_}. Arguments times {_}.
Arguments minus {_}. Arguments opposite {_}.
Declare Scope ring_scope.
Delimit Scope ring_scope with ring.
Bind Scope ring_scope with carrier.
Infix "+" := plus : ring_scope.
Infix "*" := times : ring_scope.
Infix "-" := minus : ring_scope.
Notation "- x" := (opposite x) : ring_scope.
Notation "0" := zero : ring_scope.
Notation "1" := one : ring_scope.

Definition range (n : Z) : list Z := map Z.of_nat (seq 0 (Z.to_nat n)).

Lemma in_range i n : In i (range n) <-> 0 <= i < n.
Proof.
  unfold range. rewrite in_map_iff. split.
  - intros [k [<- H]]. apply in_seq in H. lia.
  - intros H. exists (Z.to_nat i). split; [lia|]. apply in_seq. lia.
Qed.

Lemma distinct_range n : NoDup (range n).
Proof. apply FinFun.Injective_map_NoDup; [intros x y; lia | apply seq_NoDup]. Qed.

Lemma distinct_pairs {I J : Type} (l : list I) (m : list J) : NoDup l -> NoDup m -> NoDup (list_prod l m).
Proof.
  intros Hl Hm. induction Hl as [|x l Hx Hl IH]; simpl; [constructor|].
  assert (D : forall k : list (I * J), NoDup k -> (forall p, In p k -> fst p <> x) -> NoDup (map (fun y => (x, y)) m ++ k)).
  { clear -Hm. intros k Hk D. induction Hm as [|y m Hy Hm IH]; simpl; [exact Hk|]. constructor; [|exact IH].
    rewrite in_app_iff, in_map_iff. intros [[z [E Hz]]|H].
    - inversion E. congruence.
    - exact (D _ H eq_refl). }
  apply D; [exact IH|]. intros [i j] H E. apply in_prod_iff in H. simpl in E. subst. tauto.
Qed.

Section Sums.
Variable A : commutative_ring.
Add Ring the_ring : (laws A).
Local Open Scope ring_scope.

Fixpoint total {I : Type} (l : list I) (f : I -> A) : A :=
  match l with [] => 0 | i :: l => f i + total l f end.
Definition when (b : bool) (x : A) : A := if b then x else 0.

Lemma total_ext {I} (l : list I) f g : (forall i, In i l -> f i = g i) -> total l f = total l g.
Proof.
  induction l as [|i l IH]; simpl; intros H; [reflexivity|].
  rewrite (H i), IH; auto.
Qed.
Lemma total_zero {I} (l : list I) : total l (fun _ => 0) = 0.
Proof. induction l as [|i l IH]; simpl; [reflexivity|]. rewrite IH. ring. Qed.
Lemma total_plus {I} (l : list I) f g : total l (fun i => f i + g i) = total l f + total l g.
Proof. induction l as [|i l IH]; simpl; [ring|]. rewrite IH. ring. Qed.
Lemma total_times {I} (l : list I) c f : total l (fun i => c * f i) = c * total l f.
Proof. induction l as [|i l IH]; simpl; [ring|]. rewrite IH. ring. Qed.
Lemma total_app {I} (l m : list I) f : total (l ++ m) f = total l f + total m f.
Proof. induction l as [|i l IH]; simpl; [ring|]. rewrite IH. ring. Qed.
Lemma total_map {I J} (h : I -> J) (l : list I) f : total (map h l) f = total l (fun i => f (h i)).
Proof. induction l as [|i l IH]; simpl; [reflexivity|]. rewrite IH. reflexivity. Qed.
Lemma total_pairs {I J} (l : list I) (m : list J) f :
  total (list_prod l m) f = total l (fun i => total m (fun j => f (i, j))).
Proof.
  induction l as [|i l IH]; simpl; [reflexivity|]. rewrite total_app, total_map, IH. reflexivity.
Qed.
Lemma when_times b c x : when b (c * x) = c * when b x.
Proof. destruct b; simpl; ring. Qed.

(* Two guarded sums that are the same, term by term, under a one-to-one map. *)
Lemma total_filter {I} (l : list I) (g : I -> bool) f : total l (fun i => when (g i) (f i)) = total (filter g l) f.
Proof. induction l as [|i l IH]; simpl; [reflexivity|]. rewrite IH. destruct (g i); simpl; ring. Qed.

Lemma total_permutation {I} (l m : list I) f : Permutation.Permutation l m -> total l f = total m f.
Proof. induction 1; simpl; try congruence; ring. Qed.

Theorem one_to_one {I J : Type} (l : list I) (m : list J) (p : I -> bool) (q : J -> bool)
  (s : I -> A) (t : J -> A) (f : I -> J) (g : J -> I) (c : A) :
  NoDup l -> NoDup m ->
  (forall i, In i l -> p i = true -> In (f i) m /\ q (f i) = true /\ g (f i) = i /\ s i = c * t (f i)) ->
  (forall j, In j m -> q j = true -> In (g j) l /\ p (g j) = true /\ f (g j) = j) ->
  total l (fun i => when (p i) (s i)) = c * total m (fun j => when (q j) (t j)).
Proof.
  intros Hl Hm F G. rewrite !total_filter.
  transitivity (total (filter p l) (fun i => c * t (f i))).
  { apply total_ext. intros i H. apply filter_In in H. apply F; tauto. }
  rewrite total_times. f_equal. rewrite <- (total_map f _ t). apply total_permutation.
  apply Permutation.NoDup_Permutation.
  - assert (N : NoDup (filter p l)) by (apply NoDup_filter; exact Hl).
    assert (K : forall i, In i (filter p l) -> g (f i) = i) by (intros i H; apply filter_In in H; apply F; tauto).
    clear F G Hl. induction N as [|x k Hx N IH]; simpl; constructor.
    + rewrite in_map_iff. intros [y [E Hy]]. apply Hx.
      rewrite <- (K x (or_introl eq_refl)), <- E, (K y (or_intror Hy)). exact Hy.
    + apply IH. intros i H. apply K. right. exact H.
  - apply NoDup_filter. exact Hm.
  - intros j. rewrite in_map_iff. split.
    + intros [i [<- H]]. apply filter_In in H. apply filter_In. destruct (F i) as [? [? _]]; tauto.
    + intros H. apply filter_In in H. exists (g j). rewrite filter_In. destruct (G j) as [? [? ?]]; tauto.
Qed.

(* The outer indices of a sum. *)
Inductive context := outermost | within (e : context) (i : Z).
Definition outer (e : context) : context := match e with outermost => outermost | within e _ => e end.
Definition inner (e : context) : Z := match e with outermost => 0%Z | within _ i => i end.

(* A product: a guarded sum over a box of index tuples, in a context of outer indices; `every` says
   that something holds of each of them, one index after the other, and `by_indices` makes a map of
   index tuples from one that takes one index after the other. *)
Record product := Product {
  index : Type;
  domain : list index;
  inside : index -> Prop;
  every : (index -> Prop) -> Prop;
  indexed : Type -> Type;
  by_indices : forall T, indexed T -> index -> T;
  guard : context -> index -> bool;
  term : context -> index -> A;
  distinct : NoDup domain;
  domain_inside : forall i, In i domain <-> inside i;
  every_inside : forall P, every P -> forall i, inside i -> P i }.

Definition value (e : context) (p : product) : A := total (domain p) (fun i => when (guard p e i) (term p e i)).
Fixpoint values (e : context) (ps : list product) : A :=
  match ps with [] => 0 | p :: ps => value e p + values e ps end.
Definition expands (x : context -> A) (ps : list product) : Prop := forall e, x e = values e ps.

Lemma values_app (e : context) ps qs : values e (ps ++ qs) = values e ps + values e qs.
Proof. induction ps as [|p ps IH]; simpl; [ring|]. rewrite IH. ring. Qed.

Lemma distinct_unit : NoDup [tt].
Proof. constructor; [intros []|constructor]. Qed.
Lemma inside_unit i : In i [tt] <-> True.
Proof. destruct i. simpl. tauto. Qed.
Lemma every_unit (P : unit -> Prop) : P tt -> forall i, True -> P i.
Proof. intros H [] _. exact H. Qed.
Definition leaf (x : context -> A) : product :=
  Product unit [tt] (fun _ => True) (fun P => P tt) (fun T => T) (fun _ x _ => x) (fun _ _ => true) (fun e _ => x e)
    distinct_unit inside_unit every_unit.
Lemma expands_leaf (x : context -> A) : expands x [leaf x].
Proof. intros e. simpl. unfold value. simpl. ring. Qed.

Lemma expands_zero : expands (fun _ : context => 0) [].
Proof. intros e. reflexivity. Qed.
Lemma expands_plus (x y : context -> A) ps qs : expands x ps -> expands y qs -> expands (fun e => x e + y e) (ps ++ qs).
Proof. intros P Q e. rewrite values_app, <- P, <- Q. reflexivity. Qed.

Definition scaled (c : context -> A) (p : product) : product :=
  Product (index p) (domain p) (inside p) (every p) (indexed p) (by_indices p) (guard p) (fun e i => c e * term p e i)
    (distinct p) (domain_inside p) (every_inside p).
Lemma expands_scaled (c x : context -> A) ps : expands x ps -> expands (fun e => c e * x e) (map (scaled c) ps).
Proof.
  intros P e. rewrite P. clear P. induction ps as [|p ps IH]; simpl; [ring|]. rewrite <- IH.
  unfold value at 2. simpl. rewrite (total_ext _ _ (fun i => c e * when (guard p e i) (term p e i))).
  - rewrite total_times. unfold value. ring.
  - intros i _. apply when_times.
Qed.

Definition guarded (b : context -> bool) (p : product) : product :=
  Product (index p) (domain p) (inside p) (every p) (indexed p) (by_indices p) (fun e i => b e && guard p e i)%bool (term p)
    (distinct p) (domain_inside p) (every_inside p).
Lemma expands_when (b : context -> bool) (x : context -> A) ps : expands x ps -> expands (fun e => when (b e) (x e)) (map (guarded b) ps).
Proof.
  intros P e. rewrite P. clear P. unfold when. destruct (b e) eqn:B; induction ps as [|p ps IH]; simpl; try ring.
  - rewrite IH. f_equal. apply total_ext. simpl. rewrite B. reflexivity.
  - rewrite <- IH. unfold value. simpl. rewrite B. simpl. rewrite total_zero. ring.
Qed.

Lemma inside_under n (p : product) (i : Z * index p) :
  In i (list_prod (range n) (domain p)) <-> 0 <= fst i < n /\ inside p (snd i).
Proof. destruct i as [i j]. rewrite in_prod_iff, in_range, domain_inside. reflexivity. Qed.
Lemma every_under n (p : product) (P : Z * index p -> Prop) :
  (forall i, 0 <= i < n -> every p (fun j => P (i, j))) -> forall i, 0 <= fst i < n /\ inside p (snd i) -> P i.
Proof. intros H [i j] [I J]. exact (every_inside p _ (H i I) j J). Qed.
Definition under (n : Z) (p : product) : product :=
  Product (Z * index p) (list_prod (range n) (domain p)) (fun i => 0 <= fst i < n /\ inside p (snd i))
    (fun P => forall i, 0 <= i < n -> every p (fun j => P (i, j)))
    (fun T => Z -> indexed p T) (fun T f i => by_indices p T (f (fst i)) (snd i))
    (fun e i => guard p (within e (fst i)) (snd i)) (fun e i => term p (within e (fst i)) (snd i))
    (distinct_pairs _ _ (distinct_range n) (distinct p)) (inside_under n p) (every_under n p).
Lemma expands_sum n (f : context -> Z -> A) ps :
  expands (fun p => f (outer p) (inner p)) ps -> expands (fun e => total (range n) (f e)) (map (under n) ps).
Proof.
  intros P e. rewrite (total_ext _ _ (fun i => values (within e i) ps)).
  2: { intros i _. exact (P (within e i)). }
  clear P. induction ps as [|p ps IH]; simpl; [apply total_zero|].
  rewrite total_plus, IH. f_equal. unfold value. simpl. rewrite total_pairs. reflexivity.
Qed.

Lemma inside_both (p q : product) (i : index p * index q) :
  In i (list_prod (domain p) (domain q)) <-> inside p (fst i) /\ inside q (snd i).
Proof. destruct i as [i j]. rewrite in_prod_iff, !domain_inside. reflexivity. Qed.
Lemma every_both (p q : product) (P : index p * index q -> Prop) :
  every p (fun i => every q (fun j => P (i, j))) -> forall i, inside p (fst i) /\ inside q (snd i) -> P i.
Proof. intros H [i j] [I J]. exact (every_inside q _ (every_inside p _ H i I) j J). Qed.
Definition both (p q : product) : product :=
  Product (index p * index q) (list_prod (domain p) (domain q)) (fun i => inside p (fst i) /\ inside q (snd i))
    (fun P => every p (fun i => every q (fun j => P (i, j))))
    (fun T => indexed p (indexed q T)) (fun T f i => by_indices q T (by_indices p _ f (fst i)) (snd i))
    (fun e i => guard p e (fst i) && guard q e (snd i))%bool (fun e i => term p e (fst i) * term q e (snd i))
    (distinct_pairs _ _ (distinct p) (distinct q)) (inside_both p q) (every_both p q).
Lemma value_both e (p q : product) : value e (both p q) = value e p * value e q.
Proof.
  unfold value. simpl. rewrite total_pairs.
  rewrite (total_ext _ _ (fun i => when (guard p e i) (term p e i) * value e q)).
  - rewrite (total_ext _ _ (fun i => value e q * when (guard p e i) (term p e i))) by (intros; ring).
    rewrite total_times. unfold value. ring.
  - intros i _. unfold value. rewrite <- total_times. apply total_ext. intros j _. simpl.
    destruct (guard p e i), (guard q e j); simpl; ring.
Qed.
Definition all_both (ps qs : list product) : list product := flat_map (fun p => map (both p) qs) ps.
Lemma expands_times (x y : context -> A) ps qs : expands x ps -> expands y qs -> expands (fun e => x e * y e) (all_both ps qs).
Proof.
  intros P Q e. rewrite P, Q. clear P Q. induction ps as [|p ps IH]; simpl; [ring|].
  rewrite values_app, <- IH. enough (H : values e (map (both p) qs) = value e p * values e qs) by (rewrite H; ring).
  clear IH. induction qs as [|q qs IH]; simpl; [ring|]. rewrite IH, value_both. ring.
Qed.
Lemma expands_opposite (x : context -> A) ps : expands x ps -> expands (fun e => - x e) (map (scaled (fun _ => - (1))) ps).
Proof. intros P e. rewrite <- (expands_scaled (fun _ => - (1)) x ps P e). ring. Qed.
Lemma expands_minus (x y : context -> A) ps qs : expands x ps -> expands y qs ->
  expands (fun e => x e - y e) (ps ++ map (scaled (fun _ => - (1))) qs).
Proof. intros P Q e. rewrite values_app, <- P, <- (expands_opposite y qs Q e). ring. Qed.

(* An expansion is the products with the proof that they are the expression. *)
Definition expansion (x : context -> A) : Type := { ps : list product | expands x ps }.
Definition open_leaf (x : context -> A) : expansion x := exist _ _ (expands_leaf x).
Definition open_zero : expansion (fun _ : context => 0) := exist _ _ expands_zero.
Definition open_sum n (f : context -> Z -> A) (o : expansion (fun p => f (outer p) (inner p))) :
  expansion (fun e => total (range n) (f e)) := exist _ _ (expands_sum n f _ (proj2_sig o)).
Definition open_plus (x y : context -> A) (o : expansion x) (p : expansion y) : expansion (fun e => x e + y e) :=
  exist _ _ (expands_plus x y _ _ (proj2_sig o) (proj2_sig p)).
Definition open_minus (x y : context -> A) (o : expansion x) (p : expansion y) : expansion (fun e => x e - y e) :=
  exist _ _ (expands_minus x y _ _ (proj2_sig o) (proj2_sig p)).
Definition open_opposite (x : context -> A) (o : expansion x) : expansion (fun e => - x e) :=
  exist _ _ (expands_opposite x _ (proj2_sig o)).
Definition open_scaled (c x : context -> A) (o : expansion x) : expansion (fun e => c e * x e) :=
  exist _ _ (expands_scaled c x _ (proj2_sig o)).
Definition open_times (x y : context -> A) (o : expansion x) (p : expansion y) : expansion (fun e => x e * y e) :=
  exist _ _ (expands_times x y _ _ (proj2_sig o) (proj2_sig p)).
Definition open_when (b : context -> bool) (x : context -> A) (o : expansion x) : expansion (fun e => when (b e) (x e)) :=
  exist _ _ (expands_when b x _ (proj2_sig o)).
Lemma both_sides (x y : A) (o : expansion (fun _ : context => x)) (p : expansion (fun _ : context => y)) :
  values outermost (proj1_sig o) = values outermost (proj1_sig p) -> x = y.
Proof. intros H. rewrite (proj2_sig o outermost : x = _), H. symmetry. exact (proj2_sig p outermost). Qed.

Lemma value_as (p q : product) (c : A) (f : index p -> index q) (g : index q -> index p) :
  every p (fun i => guard p outermost i = true ->
     inside q (f i) /\ guard q outermost (f i) = true /\ g (f i) = i /\ term p outermost i = c * term q outermost (f i)) ->
  every q (fun j => guard q outermost j = true -> inside p (g j) /\ guard p outermost (g j) = true /\ f (g j) = j) ->
  value outermost p = c * value outermost q.
Proof.
  intros F G. apply (one_to_one _ _ _ _ _ _ f g c (distinct p) (distinct q)).
  - intros i H. rewrite domain_inside in H. rewrite domain_inside. exact (every_inside p _ F i H).
  - intros j H. rewrite domain_inside in H. rewrite domain_inside. exact (every_inside q _ G j H).
Qed.
Lemma value_empty (p : product) : every p (fun i => guard p outermost i = true -> False) -> value outermost p = 0.
Proof.
  intros E. pose proof (every_inside p _ E) as H. cbv beta in H. clear E. unfold value. rewrite (total_ext _ _ (fun _ => 0)); [apply total_zero|].
  intros i Hi. apply domain_inside in Hi. destruct (guard p outermost i) eqn:G; [destruct (H i Hi G)|reflexivity].
Qed.
(* What changes to first order: x' is x + h·d, where the square of h is 0. *)
Lemma total_moves {I} (l : list I) (h : A) (f' f d : I -> A) :
  (forall i, f' i = f i + h * d i) -> total l f' = total l f + h * total l d.
Proof.
  intros H. rewrite (total_ext l f' (fun i => f i + h * d i)) by (intros i _; apply H).
  rewrite total_plus, total_times. reflexivity.
Qed.
Lemma when_moves (b : bool) (h x' x d : A) : x' = x + h * d -> when b x' = when b x + h * when b d.
Proof. intros ->. destruct b; simpl; ring. Qed.
Lemma times_moves (c h x' x d : A) : x' = x + h * d -> c * x' = c * x + h * (c * d).
Proof. intros ->. ring. Qed.
Lemma left_moves (c h x' x d : A) : x' = x + h * d -> x' + c = x + c + h * d.
Proof. intros ->. ring. Qed.
Lemma right_moves (c h x' x d : A) : x' = x + h * d -> c + x' = c + x + h * d.
Proof. intros ->. ring. Qed.
Lemma minuend_moves (c h x' x d : A) : x' = x + h * d -> x' - c = x - c + h * d.
Proof. intros ->. ring. Qed.
Lemma plus_moves (h x' x d y' y e : A) : x' = x + h * d -> y' = y + h * e -> x' + y' = x + y + h * (d + e).
Proof. intros -> ->. ring. Qed.
Lemma reciprocal_of_multiple (a b k x y : A) : b = k * a -> a * x = 1 -> b * y = 1 -> x = k * y.
Proof.
  intros E X Y. transitivity (x * (b * y)); [rewrite Y; ring|]. rewrite E.
  transitivity (k * y * (a * x)); [ring|]. rewrite X. ring.
Qed.
(* Sums that are 0 by what is known of functions: they are added to one side. *)
Lemma adding (u x y : A) : u = 0 -> x + u = y -> x = y.
Proof. intros -> <-. ring. Qed.
Lemma total_vanishes n (f : Z -> A) : (forall i, (0 <= i < n)%Z -> f i = 0) -> total (range n) f = 0.
Proof.
  intros H. rewrite (total_ext _ f (fun _ => 0)); [apply total_zero|]. intros i Hi. apply H, in_range, Hi.
Qed.
Lemma when_vanishes (b : bool) (x : A) : (b = true -> x = 0) -> when b x = 0.
Proof. intros H. destruct b; [exact (H eq_refl)|reflexivity]. Qed.
Lemma times_vanishes (c x : A) : x = 0 -> c * x = 0.
Proof. intros ->. ring. Qed.
Lemma opposite_vanishes (x : A) : x = 0 -> - x = 0.
Proof. intros ->. ring. Qed.
Lemma minus_vanishes (x y : A) : x = y -> x - y = 0.
Proof. intros ->. ring. Qed.
End Sums.

Arguments total {A I}. Arguments adding {A}. Arguments reciprocal_of_multiple {A}. Arguments when {A}. Arguments value {A}. Arguments values {A}. Arguments expands {A}.
Arguments expansion {A}.
Arguments index {A}. Arguments domain {A}. Arguments distinct {A}. Arguments guard {A}. Arguments inside {A}. Arguments every {A}. Arguments indexed {A}. Arguments by_indices {A}. Arguments term {A}.
Notation "'Σ' i < n , x" := (total (range n) (fun i => x))
  (at level 45, i name, n at level 44, x at level 45, right associativity) : ring_scope.

Definition tensor (A : commutative_ring) := list Z -> A.
Definition tensor0 {A : commutative_ring} x : tensor A := fun i => match i with [] => x | _ => zero end.
Definition tensor1 {A : commutative_ring} x : tensor A := fun i => match i with [a] => x a | _ => zero end.
Definition tensor2 {A : commutative_ring} x : tensor A := fun i => match i with [a; b] => x a b | _ => zero end.
Definition tensor3 {A : commutative_ring} x : tensor A := fun i => match i with [a; b; c] => x a b c | _ => zero end.
Definition tensor4 {A : commutative_ring} x : tensor A := fun i => match i with [a; b; c; d] => x a b c d | _ => zero end.
Definition tensor5 {A : commutative_ring} x : tensor A := fun i => match i with [a; b; c; d; f] => x a b c d f | _ => zero end.
Definition tensor6 {A : commutative_ring} x : tensor A := fun i => match i with [a; b; c; d; f; g] => x a b c d f g | _ => zero end.
Definition tensor7 {A : commutative_ring} x : tensor A := fun i => match i with [a; b; c; d; f; g; h] => x a b c d f g h | _ => zero end.
Definition tensor8 {A : commutative_ring} x : tensor A := fun i => match i with [a; b; c; d; f; g; h; j] => x a b c d f g h j | _ => zero end.
Definition tensor9 {A : commutative_ring} x : tensor A := fun i => match i with [a; b; c; d; f; g; h; j; k] => x a b c d f g h j k | _ => zero end.

(* a function of every entry *)
Definition pointwise {A : commutative_ring} (f : A -> A) (x : tensor A) : tensor A := fun i => f (x i).

(* numbers: literal for those written out, integer for sizes *)
Fixpoint literal_of {A : commutative_ring} (n : positive) : A :=
  match n with
  | xH => one
  | xO n => times (plus one one) (literal_of n)
  | xI n => plus one (times (plus one one) (literal_of n))
  end.
Definition integer {A : commutative_ring} (n : Z) : A :=
  match n with Z0 => zero | Zpos n => literal_of n | Zneg n => opposite (literal_of n) end.
Definition literal {A : commutative_ring} (n : Z) : A := integer n.
Section Numbers.
Variable A : commutative_ring.
Add Ring the_ring_of_numbers : (laws A).
Local Open Scope ring_scope.
Lemma literal_next (p : positive) : literal_of (A := A) (Pos.succ p) = 1 + literal_of p.
Proof. induction p as [p IH|p IH|]; cbn [Pos.succ literal_of]; [rewrite IH| |]; ring. Qed.
Lemma total_count n : (0 <= n)%Z -> total (range n) (fun _ => 1) = integer (A := A) n.
Proof.
  intros H. rewrite <- (Z2Nat.id n H). unfold range. rewrite Nat2Z.id. generalize (Z.to_nat n). clear n H. intros k.
  enough (E : forall l, total (map Z.of_nat l) (fun _ => 1) = integer (A := A) (Z.of_nat (length l)))
    by (rewrite E, seq_length; reflexivity).
  induction l as [|x l IH]; [reflexivity|]. cbn [map total length]. rewrite IH, Nat2Z.inj_succ.
  destruct (Z.of_nat (length l)) as [|p|p] eqn:L; [simpl; ring| |lia].
  rewrite <- Pos2Z.inj_succ. cbn [integer]. rewrite literal_next. reflexivity.
Qed.
Lemma total_constant n (x : A) : (0 <= n)%Z -> total (range n) (fun _ => x) = integer n * x.
Proof.
  intros H. rewrite (total_ext _ _ _ (fun _ => x * 1)) by (intros; ring).
  rewrite total_times, (total_count n H). ring.
Qed.
End Numbers.
Ltac count_ranges := rewrite !total_constant by lia; ring.
Ltac numbers := cbv [literal integer literal_of] in *.

Ltac sums_nothing x yes no :=
  lazymatch x with
  | context [total] => no
  | context [when] => no
  | context [plus] => no
  | context [minus] => no
  | _ => yes
  end.
Ltac expand_it :=
  lazymatch goal with
  | |- expansion (fun e => total (range ?n) (@?f e)) => refine (open_sum _ n f _); cbv beta; expand_it
  | |- expansion (fun e => plus (@?x e) (@?y e)) => refine (open_plus _ x y _ _); expand_it
  | |- expansion (fun e => minus (@?x e) (@?y e)) => refine (open_minus _ x y _ _); expand_it
  | |- expansion (fun e => opposite (@?x e)) => refine (open_opposite _ x _); expand_it
  | |- expansion (fun e => times (@?x e) (@?y e)) =>
      sums_nothing x ltac:(refine (open_scaled _ x y _)) ltac:(refine (open_times _ x y _ _)); expand_it
  | |- expansion (fun e => when (@?b e) (@?x e)) => refine (open_when _ b x _); expand_it
  | |- expansion (fun e => zero) => exact (open_zero _)
  | |- expansion ?x => exact (open_leaf _ x)
  end.

(* What is known of an index tuple, as inequalities of integers. *)
Ltac parts H :=
  lazymatch type of H with
  | _ <= _ < _ => idtac
  | _ /\ _ =>
      let L := fresh "known" in let R := fresh "known" in
      pose proof (proj1 H) as L; pose proof (proj2 H) as R; clear H; parts L; parts R
  | (_ && _)%bool = true => apply andb_prop in H; parts H
  | (_ <=? _) = true => apply Z.leb_le in H
  | (_ <? _) = true => apply Z.ltb_lt in H
  | (_ =? _) = true => apply Z.eqb_eq in H
  | true = true => clear H
  | True => clear H
  end.

(* A sum that is 0, down to the equation that makes it so. *)
Ltac vanishing :=
  repeat lazymatch goal with
  | |- when _ _ = _ => apply when_vanishes; let H := fresh "known" in intros H; parts H
  | |- opposite _ = _ => apply opposite_vanishes
  | |- times _ _ = _ => apply times_vanishes
  end;
  apply minus_vanishes.
Tactic Notation "vanishing_over" ident(i) :=
  apply total_vanishes; let H := fresh "known" in intros i H; cbv beta.
Ltac same_numbers unfolding :=
  unfolding; unfold pointwise; cbv beta iota delta [tensor0 tensor1 tensor2 tensor3 tensor4 tensor5 tensor6 tensor7 tensor8 tensor9];
  numbers; ring.

(* left = right, by their products *)
Ltac expand_both :=
  lazymatch goal with |- ?x = ?y =>
    let o := constr:(ltac:(expand_it) : expansion (fun _ : context => x)) in
    let p := constr:(ltac:(expand_it) : expansion (fun _ : context => y)) in
    refine (both_sides _ x y o p _);
    cbv [proj1_sig open_leaf open_zero open_sum open_plus open_minus open_opposite open_scaled open_times open_when
         map app all_both flat_map]
  end.

(* Products of inequalities, which linear arithmetic does not think of. *)
Lemma at_least_by (g : Z) : (0 <= - g - 1 -> False) -> 0 <= g.
Proof. lia. Qed.
Lemma multiplied (a b : Z) : 0 <= a -> 0 <= b -> 0 <= a * b.
Proof. apply Z.mul_nonneg_nonneg. Qed.
Lemma vanished (a b : Z) : a = 0 -> a * b = 0.
Proof. intros ->. reflexivity. Qed.
Ltac multiply a b := assert (0 <= a * b)%Z by (apply multiplied; lia).
Ltac vanishes a b := assert (a * b = 0)%Z by (apply vanished; lia).
Ltac at_least g steps := assert (0 <= g)%Z by (apply at_least_by; intros ?; steps; lia).

Ltac guards_known := let G := fresh "known" in intros G; parts G.
(* Unfold the definitions, and open both sides up. Functions of tensors are entries like any others. *)
Ltac open_up unfolding :=
  unfolding; cbv beta iota delta [tensor0 tensor1 tensor2 tensor3 tensor4 tensor5 tensor6 tensor7 tensor8 tensor9];
  repeat match goal with |- context [pointwise ?f ?x] => let y := fresh "entries_of" in generalize (pointwise f x); intro y end;
  expand_both.

Definition moved {A : commutative_ring} (x : tensor A) (h : A) (d : tensor A) : tensor A :=
  fun i => plus (x i) (times h (d i)).
Ltac first_order square rewriting :=
  cbv beta iota delta [tensor0 tensor1 tensor2 tensor3 tensor4 tensor5 tensor6 tensor7 tensor8 tensor9];
  repeat first
    [ apply total_moves; let i := fresh "i" in intros i; cbv beta
    | apply when_moves
    | rewriting; unfold moved; numbers; solve [ring [square]]
    | apply times_moves
    | lazymatch goal with
      | |- plus _ ?c = plus (plus _ ?c) _ => apply left_moves
      | |- plus ?c _ = plus (plus ?c _) _ => apply right_moves
      | |- minus _ ?c = plus (minus _ ?c) _ => apply minuend_moves
      end
    | apply plus_moves ].

(* What is to be shown of a map: ranges, guards, that it is undone, and that the terms agree. *)
Ltac tuple_parts :=
  repeat match goal with
  | |- True => exact I
  | |- ?x = ?x => reflexivity
  | H : ?P |- ?P => exact H
  | |- _ /\ _ => split
  | |- (_ && _)%bool = true => apply andb_true_intro
  | |- (_ <=? _) = true => apply Z.leb_le
  | |- (_ <? _) = true => apply Z.ltb_lt
  | |- (_ =? _) = true => apply Z.eqb_eq
  | |- (_, _) = (_, _) => apply f_equal2
  end.

Lemma same_place (a b : Z) (l m : list Z) : a = b -> l = m -> a :: l = b :: m.
Proof. congruence. Qed.
Ltac same_entries :=
  repeat match goal with |- ?x = ?y =>
    match y with context [?f ?m] => match type of m with list Z =>
    lazymatch x with context [f m] => fail | _ =>
    match x with context [f ?l] =>
      replace m with l by (repeat (apply same_place; [lia|]); reflexivity) end end end end end.

Tactic Notation "lia_or" tactic3(other) := lazymatch goal with |- @eq (carrier _) _ _ => other | _ => lia end.

(* What is shown of two products needs nothing of the others: proofs are short, and quick to check. *)
Ltac nothing_but p q :=
  repeat match goal with H : value _ _ = _ |- _ => clear H end;
  repeat match goal with x := _ |- _ => tryif first [constr_eq x p | constr_eq x q] then fail else clear x end.
Tactic Notation "same_sum" ident(p) ident(q) uconstr(c) uconstr(f) uconstr(g) :=
  nothing_but p q;
  let I := eval lazy in (index p) in
  let J := eval lazy in (index q) in
  let from_p := eval lazy in (indexed p J) in
  let from_q := eval lazy in (indexed q I) in
  refine (value_as _ p q c (by_indices p J (f : from_p)) (by_indices q I (g : from_q)) _ _);
  cbv [p q by_indices every inside guard term index under scaled guarded both leaf fst snd outer inner];
  clear p q.
Tactic Notation "no_tuples" ident(p) :=
  nothing_but p p; apply value_empty;
  cbv [p every inside guard term index under scaled guarded both leaf fst snd outer inner]; clear p.

(* Numbers to calculate with: a claim that is wrong is refuted by computing both sides. *)
Fixpoint same_index (i j : list Z) : bool :=
  match i, j with
  | [], [] => true
  | a :: i, b :: j => (a =? b) && same_index i j
  | _, _ => false
  end.
Fixpoint entries {A : commutative_ring} (l : list (list Z * A)) : tensor A := fun i =>
  match l with [] => zero | (j, x) :: l => if same_index i j then x else entries l i end.
Fixpoint power {A : commutative_ring} (n : nat) (x : A) : A :=
  match n with O => one | S n => times x (power n x) end.
Definition integers : commutative_ring :=
  {| carrier := Z; zero := 0; one := 1; plus := Z.add; times := Z.mul; minus := Z.sub; opposite := Z.opp;
     laws := Zth |}.
Definition rationals : commutative_ring :=
  {| carrier := Qc; zero := Q2Qc 0%Q; one := Q2Qc 1%Q; plus := Qcplus; times := Qcmult; minus := Qcminus;
     opposite := Qcopp; laws := Qcrt |}.
Ltac differ_in_integers := vm_compute; discriminate.
Ltac differ_in_rationals := intros H; apply (f_equal this) in H; vm_compute in H; discriminate H.
