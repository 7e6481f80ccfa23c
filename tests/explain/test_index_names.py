"""Index variables in print: a name stands for one index at a time."""

import pytest

from symgrad.catalogue import rules
from symgrad.language.scalar import Sum, children
from symgrad.language.tensor import Comprehension


def bound_twice(node, names):
    """A name that a sum binds although it is in use around it."""
    if isinstance(node, Sum):
        own = [symbol.name for symbol, _ in node.over]
        if len(set(own)) < len(own) or set(own) & set(names):
            return own
        names = [*names, *own]
    return next((found for child in children(node) if (found := bound_twice(child, names))), None)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_no_index_of_a_line_is_called_as_another_one_around_it(rule):
    for step in rule.proof().steps:
        assert isinstance(step.after, Comprehension)
        names = [symbol.name for symbol in step.after.indices]
        assert not bound_twice(step.after.body, names), step
