"""Strategies of formulas: trees, printed in either spelling; formulas of the corpus with tokens changed."""

import re

from corpus import corpus
from hypothesis import strategies as st

from symgrad.formula.syntax import (
    Binary,
    Bracketed,
    Call,
    Dots,
    Equation,
    Family,
    Indicator,
    Matrix,
    Name,
    Negative,
    Norm,
    Number,
    Partial,
    Raised,
    Relation,
    Several,
    Slice,
    Sum,
)

LETTERS = ["a", "W", "z", "x", "δ", "b", "y", "J", "K", "i", "j", "n", "l", "k", "η"]
WORDS = [*LETTERS, "rot180", "pad", "out", "upsample", "loss", "conv2d"]
OPERATORS = ["rot180", "pad", "upsample", "correlate", "convolve", "σ", "f", "kron", "floor", "conv2d", "sum"]
SIGNS = ["+", "-", "*", "⊙", "·", "/", "@", ""]

numbers = st.one_of(st.integers(0, 12), st.sampled_from(["0.5", "2.25"])).map(
    lambda n: Number(_fraction(n), str(n))
)
indices = st.sampled_from(["i", "j", "n", "u", "v", "ij", "h", "l"]).map(Name)


def _fraction(text):
    from fractions import Fraction

    return Fraction(text)


@st.composite
def names(draw, inside=None):
    """A name with primes, scripts and brackets, mostly none."""
    text = draw(st.sampled_from(WORDS))
    place = numbers.filter(lambda n: n.value.denominator == 1) | indices
    place = place | st.builds(Binary, st.sampled_from("+-"), indices, numbers)
    primes = draw(st.sampled_from([0, 0, 0, 0, 1, 2]))
    sub = draw(st.one_of(st.just([]), st.just([]), st.lists(place, min_size=1, max_size=4)))
    above = st.one_of(place, st.just(Name("T")))
    sup = draw(st.one_of(st.none(), st.none(), above))
    parts = (
        place | st.builds(Slice, st.none() | place, st.none() | place, st.none() | place) | st.just(Dots())
    )
    brackets = draw(st.one_of(st.just([]), st.just([]), st.just([]), st.lists(parts, min_size=1, max_size=3)))
    return Name(text, primes, tuple(sub), sup, tuple(brackets))


BOUND = st.sampled_from(["i", "j", "u", "v'", "n", "p_1"])


def _bounds(draw, places):
    letters = draw(st.lists(BOUND, min_size=1, max_size=3))
    first = draw(st.none() | places)
    last = draw(st.none() | places)
    ends = places if first is not None and draw(st.booleans()) else st.just(last)
    return tuple((letter, first, draw(ends)) for letter in letters)


def _relations(places):
    pairs = st.tuples(places, places)
    two = st.sampled_from(["=", "<", "≤"])
    triples = st.tuples(places, places, places)
    signs = st.tuples(st.sampled_from("<≤"), st.sampled_from("<≤"))
    return st.builds(lambda parts, sign: Relation(parts, (sign,)), pairs, two) | st.builds(
        Relation, triples, signs
    )


def _families(inside):
    axis = st.lists(st.tuples(BOUND, numbers | indices), min_size=1, max_size=2).map(tuple)
    axes = st.lists(axis, max_size=2).map(tuple)
    return st.builds(Family, inside, axes)


@st.composite
def sums(draw, inside):
    """A sum over one letter or several, with bounds or without."""
    return Sum(_bounds(draw, numbers | indices), draw(inside))


def _looks_flat(matrix):
    """A row of rows, which in brackets is written as a matrix is."""
    return len(matrix.rows) == 1 and all(isinstance(c, Matrix) and len(c.rows) == 1 for c in matrix.rows[0])


def _branches(inside):
    functions = st.sampled_from(OPERATORS).map(Name)
    derived = st.builds(Name, functions.map(lambda name: name.text), st.sampled_from([0, 1, 2]))
    closed = st.one_of(numbers, names(), st.builds(Call, derived, st.lists(inside, max_size=3).map(tuple)))
    options = st.lists(
        st.tuples(st.sampled_from(["mode", "axis", "output_padding"]), inside), max_size=2
    ).map(tuple)
    matrices = st.integers(1, 3).flatmap(
        lambda n: st.lists(st.lists(inside, min_size=n, max_size=n).map(tuple), min_size=1, max_size=3)
    )
    bodies = st.one_of(
        st.builds(Call, derived, st.lists(inside, min_size=1, max_size=2).map(tuple)),
        st.builds(Binary, st.sampled_from(SIGNS), inside, inside),
    )
    scripts = st.tuples(st.lists(indices, max_size=2).map(tuple), st.none() | numbers | st.just(Name("T")))
    return st.one_of(
        closed,
        st.builds(Negative, inside),
        st.builds(Binary, st.sampled_from(SIGNS), inside, inside),
        st.builds(Call, derived, st.lists(inside, max_size=3).map(tuple), options),
        st.builds(lambda body, at: Raised(body, *at) if any(at) else body, bodies, scripts),
        st.builds(Bracketed, bodies, st.lists(indices, min_size=1, max_size=2).map(tuple)),
        st.builds(Partial, names()),
        sums(inside),
        st.builds(lambda rows: Matrix(tuple(rows)), matrices).filter(lambda m: not _looks_flat(m)),
        st.builds(lambda items: Several(tuple(items)), st.lists(inside, min_size=1, max_size=3)),
        st.builds(Norm, numbers | names()),
        st.builds(Indicator, st.lists(_relations(numbers | names()), min_size=1, max_size=2).map(tuple)),
        _families(inside),
        st.just(Dots()),
    )


expressions = st.recursive(st.one_of(names(), numbers), _branches, max_leaves=12)
equations = st.builds(
    lambda parts, signs: Equation(tuple(parts), tuple(signs[: len(parts) - 1])),
    st.lists(expressions, min_size=1, max_size=3),
    st.lists(st.sampled_from(["=", "=", "=", "←"]), min_size=2, max_size=2),
)

# -- mutated formulas of the corpus ---------------------------------------------------------------

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[A-Za-z]+|[0-9]+|\s+|.", re.DOTALL)
CASES = [case for group in corpus() for case in group.cases if case.formula]
TOKENS = sorted({token for case in CASES for token in _TOKEN.findall(case.formula)})


@st.composite
def mutated(draw):
    """A formula of the corpus with a few tokens dropped, doubled, exchanged or replaced; and its setting."""
    case = draw(st.sampled_from(CASES))
    tokens = _TOKEN.findall(case.formula)
    for _ in range(draw(st.integers(1, 4))):
        if not tokens:
            break
        place = draw(st.integers(0, len(tokens) - 1))
        match draw(st.sampled_from(["drop", "double", "exchange", "replace", "insert"])):
            case "drop":
                del tokens[place]
            case "double":
                tokens.insert(place, tokens[place])
            case "exchange":
                other = draw(st.integers(0, len(tokens) - 1))
                tokens[place], tokens[other] = tokens[other], tokens[place]
            case "replace":
                tokens[place] = draw(st.sampled_from(TOKENS))
            case "insert":
                tokens.insert(place, draw(st.sampled_from(TOKENS)))
    return "".join(tokens), case.setting


token_soup = st.lists(st.sampled_from(TOKENS), max_size=40).map(" ".join)
"""Tokens of formulas in any order."""
