"""One backward pass over an evaluation gives the same slopes as dual numbers, entry by entry."""

from fractions import Fraction

from hypothesis import given
from statements import statements

from symgrad.blackbox.reverse import Tape
from symgrad.concrete.evaluate import Evaluation
from symgrad.concrete.gradient import gradient_entry
from symgrad.concrete.rings import Rationals


def value_at(variable, place):
    number = hash((variable.name, place)) % 997 - 498
    return Fraction(2 * number + 1, 2)


@given(statements())
def test_reverse_and_forward_mode_agree(drawn):
    ring = Rationals()
    tape = Tape(ring)
    given_steps = {}

    def step(variable, place):
        if (variable, place) not in given_steps:
            given_steps[variable, place] = tape.given(value_at(variable, place))
        return given_steps[variable, place]

    evaluation = Evaluation({}, step, tape)
    outputs = [(evaluation.entry(drawn.z, at), at) for at in evaluation.places(drawn.z)]
    handed = [
        (step, Fraction(1) if drawn.cotangent is None else value_at(drawn.cotangent, at))
        for step, at in outputs
    ]
    slopes = tape.gradients(handed)
    for place in list(evaluation.places(drawn.wrt))[:6]:
        wanted = gradient_entry(drawn.z, drawn.wrt, drawn.cotangent, place, {}, value_at, ring)
        assert slopes.get(id(given_steps.get((drawn.wrt, place))), Fraction(0)) == wanted
