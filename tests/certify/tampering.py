"""Certificates changed in one place: an index, a guard, a bound, a sign, a coefficient, a map."""

from __future__ import annotations

import copy

PARTS = (
    *("definitions", "groups", "empty", "floors", "assumptions", "sizes", "tensors", "uses", "hypotheses"),
    *("forward", "wrt", "cotangent", "closed_form", "change"),
)


def places(data):
    """The path to everything in a certificate that can be changed."""

    def inside(value, path):
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from inside(inner, (*path, key))
        elif isinstance(value, list):
            if value:
                yield path
            for number, inner in enumerate(value):
                yield from inside(inner, (*path, number))
        elif value is not None and path[-1] != "name":
            yield path

    for part in PARTS:
        yield from inside(data[part], (part,))


def tampered(data, path, how):
    """A copy of a certificate with one place changed; `how` is a number that says in which way."""
    changed = copy.deepcopy(data)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    old = holder[path[-1]]
    names = [*data["sizes"], *data["floors"], *_indices(data)]
    if isinstance(old, int):
        ways = [old + 1, old - 1, -old, 2 * old]
    elif old in ("≥", "="):
        ways = ["=" if old == "≥" else "≥"]
    elif old in ("left", "right"):
        ways = ["right" if old == "left" else "left"]
    elif isinstance(old, str) and old.lstrip("-").replace("/", "").isdigit():
        ways = ["2", "-1", "1/2", f"-{old}".replace("--", "")]
    elif isinstance(old, str):
        ways = [n for n in (*names, *data["tensors"]) if n != old] or ["nothing"]
    else:
        ways = [old[:-1], old[1:], old[::-1], [*old, old[0]]]
    new = ways[how % len(ways)]
    if new == old:
        return None
    holder[path[-1]] = new
    return changed


def _indices(data):
    found = {}

    def inside(value):
        match value:
            case ["sum", over, body]:
                found.update((n, None) for n, _ in over)
                inside(body)
            case list():
                for inner in value:
                    inside(inner)

    for definition in data["definitions"]:
        found.update(dict.fromkeys(definition["indices"]))
        inside(definition["body"])
    return found
