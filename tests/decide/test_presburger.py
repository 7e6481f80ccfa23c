"""The solver never says that something follows when it does not, products of unknowns included."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from symgrad.decide.presburger import Solver
from symgrad.language.index import Constraint, Index, equals, size, within
from symgrad.language.symbol import fresh_index

x, y = Index.of(fresh_index("x")), Index.of(fresh_index("y"))
s, n = size("s"), size("n")
q = (n - 1) // s
BOX = range(-3, 5)

small = st.integers(-3, 3)


@st.composite
def polynomials(draw, products=True):
    parts = [Index.of(1), x, y, s, n, s * x, s * y, q] if products else [Index.of(1), x, y, n]
    total = Index.of(0)
    for part in draw(st.lists(st.sampled_from(parts), min_size=1, max_size=4)):
        total = total + draw(small) * part
    return total


def constraints(products):
    return st.builds(Constraint, polynomials(products), st.booleans())


def points(premises):
    names = [index.symbol for index in (x, y, s, n)]
    for values in itertools.product(BOX, BOX, range(1, 5), range(1, 5)):
        env = dict(zip(names, values, strict=True))
        if all(premise.holds(env) for premise in premises):
            yield env


@given(st.lists(constraints(True), max_size=4), constraints(True))
def test_what_is_implied_holds_at_every_point(premises, goal):
    if Solver().entails(premises, [goal]):
        assert all(goal.holds(env) for env in points(premises))


@given(st.lists(constraints(False), max_size=3), constraints(False))
def test_linear_consequences_in_a_box_are_all_found(premises, goal):
    box = [c for index in (x, y) for c in (index + 3 >= 0, 4 - index >= 0)] + [4 - n >= 0]
    found = Solver().entails([*premises, *box], [goal])
    assert found == all(goal.holds(env) for env in points(premises))


def test_a_strided_read_is_in_range():
    size_out = (n - size("K")) // s + 1
    inside = [*within(x, size_out), *within(y, size("K"))]
    assert Solver([n >= size("K")]).entails(inside, within(s * x + y, n))
    assert not Solver([n >= size("K")]).entails(inside, within(s * x + y + 1, n))


def test_division_with_remainder_is_unique():
    other = Index.of(fresh_index("x'"))
    premises = [*within(n - s * x, s), *within(n - s * other, s)]
    assert Solver().entails(premises, [equals(x, other)])


def test_a_floor_is_what_its_definition_says():
    assert Solver().entails([], [n - 1 - s * q >= 0, s * q + s - n >= 0])
    assert not Solver().entails([], [n - s - s * q >= 0])


def test_the_assumptions_count():
    assert not Solver().entails([], [n >= 2])
    assert Solver([n >= s, s >= 2]).entails([], [n >= 2])


def test_the_impossible_implies_everything():
    assert Solver().entails([x >= 1, 0 - x >= 0], [Constraint(Index.of(-1))])
    assert not Solver().entails([x >= 1], [Constraint(Index.of(-1))])
