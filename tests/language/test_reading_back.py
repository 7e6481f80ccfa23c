"""Expressions as text, read again by Python's own grammar: no bracket that is needed is missing."""

import ast
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symgrad as sg
from symgrad.language.elementwise import ARITHMETIC
from symgrad.language.index import Index
from symgrad.language.notation import operator_text
from symgrad.language.tensor import Comprehension, Tensor

D, s = sg.sizes("D s")
TENSORS = {name: sg.tensor(name, D) for name in "uvw"} | {"S": sg.tensor("S")}
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
NUMBERS = st.sampled_from(
    [2, -1, -3, Fraction(1, 2), Fraction(-2, 3), 0.5, D, D + 1, 2 * D, D // s, D**2, -D]
)
EXPONENTS = st.sampled_from([2, 3, -1, -2, Fraction(1, 2), Fraction(-1, 2), 0.5])


def combined(inner):
    """Expressions one operation larger."""
    pairs = st.builds(
        lambda sign, one, other: ARITHMETIC[sign](one, other), st.sampled_from("+-*/"), inner, inner
    )
    numbered = st.builds(
        lambda sign, one, other, first: ARITHMETIC[sign](*((other, one) if first else (one, other))),
        st.sampled_from("+-*/"),
        inner,
        NUMBERS,
        st.booleans(),
    )
    powers = st.builds(lambda base, exponent: base**exponent, inner, EXPONENTS)
    others = st.builds(
        lambda one, what: what(one),
        inner,
        st.sampled_from([sg.exp, Tensor.__neg__, lambda one: one.sum()]),
    )
    return st.one_of(pairs, numbered, powers, others)


EXPRESSIONS = st.recursive(st.sampled_from(list(TENSORS.values())), combined, max_leaves=6)


def read(node):
    """What the text stands for by Python's grammar, made anew."""
    match node:
        case ast.Expression(body):
            return read(body)
        case ast.Constant(value):
            return value
        case ast.Name(name):
            return {"D": D, "s": s}.get(name, TENSORS.get(name))
        case ast.UnaryOp(ast.USub(), operand):
            return -read(operand)
        case ast.BinOp(left, ast.FloorDiv(), right):
            return read(left) // read(right)
        case ast.BinOp(left, sign, right):
            one, other = read(left), read(right)
            if isinstance(one, (int, Fraction)) and isinstance(other, (int, Fraction)):
                one = Fraction(one)
            return ARITHMETIC[SIGNS[type(sign)]](one, other)
        case ast.Call(ast.Name("exp"), [inside]):
            return sg.exp(read(inside))
        case ast.Call(ast.Attribute(base, "sum"), []):
            return read(base).sum()
    raise AssertionError(ast.dump(node))


def tree(value):
    """What is done to what, without a word about how it is written."""
    if isinstance(value, Comprehension):
        return value.call.name, [tree(operand) for _, operand in value.call.arguments]
    return str(value) if isinstance(value, Index) else value


@given(EXPRESSIONS)
def test_the_text_of_an_expression_reads_as_that_expression(expression):
    text = operator_text(expression)
    assert tree(read(ast.parse(text, mode="eval"))) == tree(expression), text


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda w: (w**2) ** 3, "(w**2)**3"),
        (lambda w: (w**-1) ** -1, "(w**-1)**-1"),
        (lambda w: w / (D // s), "w / (D//s)"),
        (lambda w: -(w**2), "-w**2"),
    ],
)
def test_a_power_is_read_from_the_right_and_everything_else_from_the_left(make, text):
    assert operator_text(make(TENSORS["w"])) == text


def test_index_notation_brackets_a_power_of_a_power_and_a_sum_of_which_the_maximum_is_taken():
    w, u = TENSORS["w"], TENSORS["u"]
    rooted = sg.build([D], lambda d: (w[d] ** 2) ** Fraction(1, 2))
    assert rooted.index_notation() == "out[d] = (w[d]^2)^(1/2)"
    greatest = sg.build([], lambda: sg.maximum([D], lambda k: w[k] + u[k]) * u[0])
    assert greatest.index_notation() == "out = (max_{k<D} (w[k] + u[k]))·u[0]"
