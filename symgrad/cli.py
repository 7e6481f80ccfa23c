"""The command line: `symgrad rules`, `verify`, `prove`, `certify`, `recheck`, `check`, `audit`, `derive`, …

Exit status: 0 all proved, 1 something refuted, 2 misuse or ill-formed, 3 something undecided.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from symgrad.errors import SymgradError
from symgrad.terminal import INTERRUPTED, MISUSE, PROVED, coloured, status, verdict_line, with_progress

if TYPE_CHECKING:
    from symgrad.catalogue import Rule
    from symgrad.decide.verdict import Verdict
    from symgrad.language.tensor import Tensor

DETAILED = 3
"""Up to so many rules are reported in full, more as a line each."""
CERTIFIED = "certified"
"""What is said of a rule whose certificate is accepted."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    for stream in (sys.stdout, sys.stderr):  # a terminal of few letters gets δ as \\u03b4, not an error
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        found: int = options.run(options)
        sys.stdout.flush()
    except SymgradError as error:
        print(f"symgrad: {error}", file=sys.stderr)
        return MISUSE
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PROVED
    except KeyboardInterrupt:
        print("symgrad: interrupted", file=sys.stderr)
        return INTERRUPTED
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="symgrad",
        description="State a backprop formula; get a proof for every shape, or the smallest counterexample.",
        epilog="exit status: 0 all proved, 1 something refuted, 2 misuse or ill-formed, 3 undecided",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    rules = commands.add_parser("rules", help="list the rules of the catalogue")
    rules.add_argument(
        "rules", nargs="*", metavar="RULE", help="a rule, a layer or a pattern such as '*.input'"
    )
    rules.add_argument("--json", action="store_true", help="as JSON, with statements and sources")
    rules.set_defaults(run=_rules)

    verify = commands.add_parser("verify", help="decide rules for all sizes")
    verify.add_argument("rules", nargs="*", metavar="RULE", help="a rule, a layer or a pattern; all if none")
    verify.add_argument("--json", action="store_true", help="one list of verdicts as JSON")
    verify.add_argument(
        "--network",
        metavar="NAME",
        help="decide a network of the literature, such as lenet5, instead: each layer, and the whole",
    )
    verify.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="scope, conditions and substitution of each, however many",
    )
    verify.add_argument(
        "--certified",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="say of each whether its certificate is accepted by recheck, as is done unless --no-certified",
    )
    verify.set_defaults(run=_verify)

    from symgrad.explain.command import add_parser as add_prove

    add_prove(commands)

    from symgrad.formula.command import add_parser as add_check

    add_check(commands)

    from symgrad.certify.command import add_parsers as add_certify

    add_certify(commands)

    from symgrad.audit.command import add_parser as add_audit

    add_audit(commands)

    graph = commands.add_parser("graph", help="the expression graph of a layer, as DOT or Mermaid text")
    graph.add_argument("name", metavar="RULE-OR-LAYER", help="such as conv2d or conv2d.input")
    graph.add_argument("--format", choices=("dot", "mermaid"), default="dot", help="dot unless given")
    graph.set_defaults(run=_graph)

    emit = commands.add_parser("emit", help="write NumPy or PyTorch source of a proved rule or a layer")
    emit.add_argument(
        "name", metavar="RULE-OR-LAYER", help="conv2d.input for the gradient, conv2d for the forward"
    )
    emit.add_argument("--to", choices=("numpy", "torch"), default="numpy", help="numpy unless given")
    emit.add_argument("--forward", action="store_true", help="the forward of the rule, not its gradient")
    emit.set_defaults(run=_emit)

    from symgrad.train.command import add_parser as add_train

    add_train(commands)

    derive = commands.add_parser("derive", help="derive a gradient and show it in index notation")
    derive.add_argument("name", metavar="RULE-OR-LAYER", help="such as conv2d or conv2d.input")
    derive.add_argument(
        "--wrt", metavar="TENSOR", required=True, help="the tensor to differentiate by, such as a"
    )
    form = derive.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="as JSON")
    form.add_argument("--dot", action="store_true", help="the expression graph of the gradient as DOT")
    derive.set_defaults(run=_derive)
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version

        print(f"symgrad {version('symgrad')}")
        parser.exit()


# -- commands -------------------------------------------------------------------------------------


def _rules(options: argparse.Namespace) -> int:
    from symgrad.catalogue import find

    found = find(options.rules)
    if options.json:
        fields = ("name", "title", "latex", "source")
        print(
            json.dumps(
                [{f: getattr(rule, f) for f in fields} for rule in found], ensure_ascii=False, indent=2
            )
        )
        return PROVED
    width = max(len(rule.name) for rule in found)
    for rule in found:
        print(f"{rule.name:{width}}  {rule.title}")
    return PROVED


def _verify(options: argparse.Namespace) -> int:
    from symgrad.catalogue import find

    if options.network is not None:
        return _verify_network(options)
    found = find(options.rules)
    start = time.perf_counter()
    done: list[tuple[Rule, Verdict]] = []
    certified: dict[str, str] = {}
    try:
        for rule in with_progress(found, len(found)):
            done.append((rule, rule.verify()))
            if options.certified:
                certified[rule.name] = _certified(done[-1][1])
            if not options.json:
                full = options.verbose or len(found) <= DETAILED
                _print_verdict(*done[-1], full, certified.get(rule.name, ""))
    finally:  # what was decided is shown even if the rest was interrupted
        if options.json:
            print(json.dumps(_as_data(done, certified), ensure_ascii=False, indent=2))
    if not options.json:
        counts: dict[str, int] = {}
        for _, verdict in done:
            counts[verdict.verdict] = counts.get(verdict.verdict, 0) + 1
        if certified:
            counts[CERTIFIED] = list(certified.values()).count(CERTIFIED)
        summary = ", ".join(f"{count} {name}" for name, count in counts.items())
        rules = "1 rule" if len(done) == 1 else f"{len(done)} rules"
        print(f"{rules}: {summary}, in {time.perf_counter() - start:.2f} s")
    return status(verdict.verdict for _, verdict in done)


def _verify_network(options: argparse.Namespace) -> int:
    from symgrad.network import example

    if options.rules:
        raise SymgradError("verify takes rules or --network, not both")
    network = example(options.network)
    found = network.verify()
    if options.json:
        print(found.json())
        return status([found.verdict])
    print(f"{coloured(found.verdict)}  {found.name}")
    for line in found.lines(options.verbose):
        print(f"  {line}")
    layers = f"{len(network.layers)} layers with {len(found.layers)} closed forms"
    print(f"{layers}, {len(found.gradients)} gradients of the whole, in {found.seconds:.2f} s")
    return status([found.verdict])


def _certified(verdict: Verdict) -> str:
    """Whether a verdict has a certificate that the checker accepts, and if not, why."""
    from symgrad.certify.certificate import NotCertified, Rejected
    from symgrad.decide.verdict import Proved

    if not isinstance(verdict, Proved):
        return ""
    try:
        verdict.certificate.recheck()
    except (NotCertified, Rejected) as problem:
        return f"not certified: {problem}"
    return CERTIFIED


def _as_data(done: Sequence[tuple[Rule, Verdict]], certified: Mapping[str, str]) -> list[dict[str, Any]]:
    """Verdicts as data, each with whether it is certified where that was asked."""
    return [
        {"rule": rule.name}
        | verdict.as_dict()
        | ({"certified": certified[rule.name] == CERTIFIED} if rule.name in certified else {})
        for rule, verdict in done
    ]


def _print_verdict(rule: Rule, verdict: Verdict, full: bool, certified: str = "") -> None:
    print(verdict_line(rule.name, verdict, certified.partition(":")[0]))
    if full or verdict.verdict != "PROVED":
        print(f"  {verdict.claim}")
        for line in verdict.lines():
            print(f"  {line}")
        if certified not in ("", CERTIFIED):
            print(f"  {certified}")


def _graph(options: argparse.Namespace) -> int:
    from symgrad.catalogue import forward_of

    z = forward_of(options.name)
    print(z.mermaid() if options.format == "mermaid" else z.dot())
    return PROVED


def _emit(options: argparse.Namespace) -> int:
    from symgrad.catalogue import Rule, rules
    from symgrad.emission.source import emit
    from symgrad.errors import NotProved

    if set(options.name) & set("*?["):
        raise SymgradError(f"emit writes one function, and {options.name!r} is a pattern; see symgrad rules")
    named: dict[str, Rule] = {rule.name: rule for rule in rules()}
    what = named.get(options.name) or _forward_unless_network(options.name)
    forward = options.forward and isinstance(what, Rule)
    try:
        print(emit(what, options.to, name=None if forward else options.name, forward=forward), end="")
    except NotProved as refusal:
        print(f"symgrad: {refusal}; see symgrad verify {options.name}", file=sys.stderr)
        return status([refusal.verdict.verdict])
    return PROVED


def _forward_unless_network(name: str) -> Tensor:
    from symgrad.catalogue import forward_of
    from symgrad.network import examples

    if name in [example.name for example in examples()]:
        raise SymgradError(
            f"emit writes a rule or a layer, and {name} is a network; in Python, "
            f"symgrad.emit(network.example({name!r}).z) writes its forward"
        )
    return forward_of(name)


def _derive(options: argparse.Namespace) -> int:
    from symgrad.catalogue import forward_of, nearest, variables
    from symgrad.derive import vjp
    from symgrad.language.notation import definition_lines, operator_text
    from symgrad.language.tensor import tensor

    z = forward_of(options.name)
    known = variables(z)
    if options.wrt not in known:
        hint = nearest(options.wrt, list(known)).replace("; `symgrad rules` lists all", "")
        raise SymgradError(
            f"{options.name} is not a function of {options.wrt!r}, but of {', '.join(sorted(known))}{hint}"
        )
    wrt = known[options.wrt]
    gradient = vjp(z, wrt, tensor("delta", *z.shape) if z.extents else None)
    name = f"∂J/∂{options.wrt}"
    if options.dot:
        from symgrad.language.notation import dot

        print(dot(gradient, name))
        return PROVED
    from symgrad.explain.collapsed import collapsed, derivation

    if options.json:
        found = {
            "name": options.name,
            "wrt": options.wrt,
            "shape": [str(extent) for extent in gradient.shape],
            "forward": {"operators": operator_text(z), "definitions": list(definition_lines(z, "z"))},
            "gradient": {
                "definitions": list(definition_lines(gradient, name)),
                "collapsed": collapsed(gradient, name),
            },
        }
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return PROVED
    print("\n".join(derivation(z, wrt, gradient)))
    return PROVED
