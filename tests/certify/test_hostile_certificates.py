"""Certificates made to deceive the checker, or to keep it busy for ever: all are rejected, and soon."""

import json

import pytest

from symgrad import cli
from symgrad.catalogue import find
from symgrad.certify.certificate import Certificate, Rejected
from symgrad.certify.farkas import search
from symgrad.certify.recheck import recheck, recheck_text

N = [[1, ["N"]]]
FIRST = [[{"side": "left", "number": 0}, {"side": "right", "number": 0, "to": {}, "from": {}}]]


def defined(name, body, indices=(), extents=()):
    return {"name": name, "indices": list(indices), "extents": list(extents), "body": body}


def stated(definitions, forward, closed, **more):
    """That two tensors are the same, with an input x of N entries."""
    sizes = {"sizes": {"N": 1}, "floors": {}, "assumptions": [], "hypotheses": [], "example": {"N": 2}}
    tensors = {"tensors": {"x": [N]}, "wrt": None, "cotangent": None, "change": "e"}
    claim = {"definitions": definitions, "forward": forward, "closed_form": closed}
    return sizes | tensors | claim | {"uses": [], "groups": FIRST, "empty": []} | more


def repeated(first, step, times=40, indices=(), extents=()):
    """A chain of definitions, each by the one before it."""
    chain = [defined("d0", first, indices, extents)]
    for k in range(times):
        chain.append(defined(f"d{k + 1}", step(f"d{k}"), indices, extents))
    return stated(chain, f"d{times}", f"d{times}")


def squared(name):
    return ["*", [["read", name, []]] * 2]


def at(index):
    return lambda name: ["read", name, [index]]


ENDLESS = {
    "a number in scientific notation": lambda: stated(
        [defined("z", ["number", "1e300000000", []])], "z", "z"
    ),
    "a power": lambda: stated([defined("z", ["number", "1", [[N, 10**9]]])], "z", "z"),
    "a power of one": lambda: stated([defined("z", ["number", "1", [[[[1, []]], 10**9]]])], "z", "z"),
    "a reciprocal power": lambda: stated([defined("z", ["number", "1", [[N, -(10**9)]]])], "z", "z"),
    "entries": lambda: repeated(["read", "x", [N]], squared),
    "values": lambda: repeated(["number", "3", []], squared),
    "powers": lambda: repeated(["number", "1", [[N, 2]]], squared),
    "sums": lambda: repeated(["sum", [["k", N]], ["number", "1", []]], squared),
    "conditions": lambda: repeated(["when", [[N, "="]], ["number", "1", []]], squared),
    "nothing": lambda: repeated(["number", "0", []], lambda name: ["+", [["read", name, []]] * 2]),
    "a degree": lambda: repeated(["read", "x", [[[1, ["i"]]]]], at([[1, ["i", "i"]]]), 40, ["i"], [N]),
    "terms": lambda: repeated(
        ["read", "x", [[[1, ["i"]]]]], at([[1, ["i", "i"]], [1, ["i", "N"]], [1, []]]), 40, ["i"], [N]
    ),
    "an example": lambda: stated(
        [defined("z", ["number", "1", []])],
        "z",
        "z",
        example={"N": 10**4000},
        assumptions=[[[[1, ["N"] * 3000]], "≥"]],
    ),
}


@pytest.mark.parametrize("what", ENDLESS)
def test_what_would_take_for_ever_is_rejected(what):
    with pytest.raises(Rejected, match=r"too large|more than|without meaning"):
        recheck(ENDLESS[what](), search)


def test_a_product_is_no_longer_than_can_be_compared():
    for first in (["read", "x", [N]], ["when", [[N, "≥"]], ["number", "1", []]]):
        with pytest.raises(Rejected, match="400 factors"):
            recheck(repeated(first, squared, 9), search)
    with pytest.raises(Rejected, match="a coefficient is too large"):
        recheck(repeated(["number", "9" * 4000, []], squared, 3), search)


def test_an_index_of_many_sizes_is_not_raised_to_high_powers():
    names = "ABCDE"
    index = [[1, ["i", "i"]], *([1, [n]] for n in names)]
    data = repeated(["read", "x", [[[1, ["i"]]]]], at(index), 6, ["i"], [N])
    sizes = {"sizes": dict.fromkeys(["N", *names], 1), "example": dict.fromkeys(["N", *names], 2)}
    with pytest.raises(Rejected, match="too large"):
        recheck(data | sizes, search)


def test_a_maximum_of_maxima_is_differentiated_once_each():
    chain = [
        {
            "name": "m0",
            "indices": [],
            "window": [["w", N]],
            "where": [],
            "body": ["read", "x", [[[1, ["w"]]]]],
        }
    ]
    for k in range(40):
        body = ["+", [["read", f"m{k}", []]] * 2]
        chain.append({"name": f"m{k + 1}", "indices": [], "window": [["w", N]], "where": [], "body": body})
    definitions = [*chain, defined("z", ["read", "m40", []]), defined("c", ["number", "0", []], ["i"], [N])]
    with pytest.raises(Rejected, match="more than"):
        recheck(stated(definitions, "z", "c", wrt="x"), search)


def test_small_ones_of_the_same_kind_are_accepted():
    assert recheck(repeated(["read", "x", [N]], squared, 3), search).groups == 1
    assert recheck(repeated(["number", "1", [[N, -2]]], squared, 3), search).groups == 1


def test_what_nobody_divides_by_is_not_taken_for_other_than_zero():
    """x = 2·x follows from t·reciprocal(t) = 1 where t is 0."""
    i = [[1, ["i"]]]
    once, twice = ["read", "x", [i]], ["*", [["number", "2", []], ["read", "x", [i]]]]
    definitions = [defined("z", once, "i", [N]), defined("c", twice, "i", [N]), defined("t", ["+", []])]
    minus = ["*", [["number", "-1", []], once]]
    use = {"law": ["cancel", "t", []], "over": [], "when": [], "times": minus}
    members = [{"side": "left", "number": 0}]
    members += [{"side": side, "number": k, "to": {}, "from": {}} for side, k in (("left", 1), ("right", 0))]
    data = stated(definitions, "z", "c", uses=[use], groups=[members])
    with pytest.raises(Rejected, match="that t is not 0 is assumed"):
        recheck(data, search)
    nothing = ["+", [["read", "x", [N]], ["*", [["number", "-1", []], ["read", "x", [N]]]]]]
    members[1] = members[1] | {"number": 3}
    pair = [{"side": "left", "number": 1}, {"side": "left", "number": 2, "to": {}, "from": {}}]
    opened = data | {"definitions": [*definitions[:2], defined("t", nothing)], "groups": [members, pair]}
    with pytest.raises(Rejected, match="that t is not 0 is assumed"):
        recheck(opened, search)
    mentioned = [*definitions, defined("unused", ["apply", "reciprocal", 0, "t", []])]
    with pytest.raises(Rejected, match="that t is not 0 is assumed"):
        recheck(data | {"definitions": mentioned}, search)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"sizes": {"N": ' + "9" * 5000 + "}}", '{"sizes": NaN}'])
def test_json_that_is_too_much_is_rejected(text):
    with pytest.raises(Rejected):
        recheck_text(text, search)
    with pytest.raises(Rejected):
        Certificate.from_json(text).coq()


def test_what_is_no_text_is_rejected(tmp_path):
    path = tmp_path / "one.json"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(Rejected, match="not text"):
        Certificate.read(path)


@pytest.mark.parametrize("missing", ["name", "claim", "sizes", "groups"])
def test_what_is_missing_is_named_where_a_coq_file_is_asked_for(missing):
    data = find(["linear.bias"])[0].verify().certificate.named("linear.bias").data
    with pytest.raises(Rejected, match=f"there is no '{missing}'"):
        Certificate({key: value for key, value in data.items() if key != missing}).coq()


@pytest.mark.parametrize("written", ["W) (e", "x. Axiom wrong : False", "W (* ", "W:=0"])
def test_a_name_that_is_more_than_a_name_is_in_no_coq_file(written):
    text = find(["linear.input"])[0].verify().certificate.json()
    certificate = Certificate.from_json(text.replace('"W"', json.dumps(written)))
    assert certificate.recheck().groups == 1  # for the checker a name is a name
    with pytest.raises(Rejected, match="not a name in Coq"):
        certificate.coq()


def test_a_label_stays_in_its_comment():
    data = find(["linear.bias"])[0].verify().certificate.data
    text = Certificate({**data, "name": "a", "claim": '(*) *) Axiom "(* wrong.'}).coq()
    comment, _, rest = text.partition("*)")
    assert "Axiom" in comment
    assert '"' not in comment
    assert "(*" not in comment[2:]
    assert "Axiom" not in rest


def test_a_certificate_cannot_print_lines_of_its_own(tmp_path, capsys):
    data = find(["linear.bias"])[0].verify().certificate.data
    path = tmp_path / "one.json"
    named = {**data, "name": "one\nCHECKED  another.json\x1b[2J", "claim": "\r\u2028all"}
    path.write_text(json.dumps(named), encoding="utf-8")
    assert cli.main(["recheck", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("CHECKED")] == [f"CHECKED  {path}"]
    assert all(line.isprintable() for line in lines)
