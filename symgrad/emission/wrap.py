"""Long lines of Python broken inside brackets, as formatters break them."""

from __future__ import annotations

WIDTH = 88
"""The longest line that is written; more only if there is no bracket to break in."""
_OPEN, _CLOSE = "([{", ")]}"


def wrapped(line: str, width: int = WIDTH) -> list[str]:
    """A line as several where it is too long, broken in its last outermost brackets that help."""
    if len(line) <= width:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    for start, end in reversed(_groups(line)):
        head, inside, tail = line[: start + 1], line[start + 1 : end], line[end:]
        if not inside or len(head) > width:
            continue
        inner = indent + "    "
        if len(inner + inside) <= width:
            middle = [inner + inside]
        else:
            parts = _parts(inside)
            call = start > 0 and (line[start - 1].isalnum() or line[start - 1] in "_)]")
            comma = "," if call or len(parts) > 1 or inside.endswith(",") else ""
            middle = [piece for part in parts for piece in wrapped(f"{inner}{part.strip()}{comma}", width)]
        return [head, *middle, *wrapped(indent + tail, width)]
    return [line]


def _groups(line: str) -> list[tuple[int, int]]:
    """The outermost brackets, as positions of their ends."""
    found: list[tuple[int, int]] = []
    depth, start = 0, 0
    for place, letter in enumerate(line):
        if letter in _OPEN:
            depth += 1
            start = place if depth == 1 else start
        elif letter in _CLOSE:
            depth -= 1
            if depth == 0:
                found.append((start, place))
    return found


def _parts(text: str) -> list[str]:
    """The text split at commas outside brackets."""
    found, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter in _OPEN) - (letter in _CLOSE)
        if letter == "," and depth == 0:
            found.append(text[start:place])
            start = place + 1
    last = text[start:]
    return [*found, last] if last.strip() else found
