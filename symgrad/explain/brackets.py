"""Where a formula needs brackets, seen from how its parts are written."""

from __future__ import annotations

from symgrad.explain.layout import Big, Fence, Layout, Name, Number, Row, Script, Sign


def raised(base: Layout, sup: Layout) -> Layout:
    """A base with a superscript; what has one already goes in brackets."""
    if isinstance(base, Script) and base.sup is None:
        return Script(base.base, base.sub, sup)
    return Script(Fence("(", base, ")") if isinstance(base, Script) else base, sup=sup)


def unsigned(shown: Layout) -> Layout:
    """What follows a sign: in brackets if it begins with a minus sign itself."""
    return Fence("(", shown, ")") if _items(shown)[:1] == (Sign("−"),) else shown


def as_factor(shown: Layout, last: bool) -> Layout:
    """An operand of a product: ⋆, ∗, a sum without an end and a minus sign go in brackets."""
    items = _items(shown)
    of_two = any(isinstance(item, Sign) and item.text in "⋆∗" for item in items)
    open_sum = not last and any(isinstance(item, Big) for item in items)
    if of_two or open_sum:
        return Fence("(", shown, ")")
    return unsigned(shown) if last else shown


def has_digits(layout: Layout, end: int) -> bool:
    """Whether it begins (0) or ends (-1) with digits: two numbers are not written side by side."""
    items = _items(layout)
    return bool(items) and isinstance(items[end], Number)


def is_call(layout: Layout) -> bool:
    """Whether it is written as a function with its arguments in brackets."""
    items = _items(layout)
    if len(items) != 2:
        return False
    function, arguments = items
    return isinstance(function, Name) and isinstance(arguments, Fence) and arguments.left == "("


def _items(layout: Layout) -> tuple[Layout, ...]:
    return layout.items if isinstance(layout, Row) else (layout,)
