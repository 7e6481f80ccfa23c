"""The command line: `symgrad rules`, `verify`, `prove`, `certify`, `recheck`, `check`, `audit`, `derive`, …

Exit status: 0 all proved, 1 something refuted, 2 misuse or ill-formed, 3 something undecided.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from symgrad.errors import SymgradError

if TYPE_CHECKING:
    from pathlib import Path

    from symgrad.catalogue import Rule
    from symgrad.decide.verdict import Verdict

PROVED, REFUTED, MISUSE, UNDECIDED, INTERRUPTED = 0, 1, 2, 3, 130
DETAILED = 3
"""Up to so many rules are reported in full, more as a line each."""
MANY = 12
"""From so many proofs on, several processes make them."""
CERTIFIED = "certified"
"""What is said of a rule whose certificate is accepted."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
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
    return status


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
        "-v", "--verbose", action="store_true", help="scope, conditions and substitution of each"
    )
    verify.add_argument(
        "--certified",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="say of each whether its certificate is accepted by recheck, as is done unless --no-certified",
    )
    verify.set_defaults(run=_verify)

    prove = commands.add_parser("prove", help="write the proofs of rules, step by step")
    prove.add_argument("rules", nargs="*", metavar="RULE", help="a rule, a layer or a pattern")
    prove.add_argument("--all", action="store_true", help="the whole catalogue, and a counterexample")
    prove.add_argument(
        "--format",
        choices=("text", "markdown", "latex", "html", "typst", "pdf"),
        help="by default what the name of the file says, else text, or LaTeX for a folder",
    )
    prove.add_argument("--lang", choices=("en", "zh"), default="en", help="English (default) or Chinese")
    prove.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="where to write; a folder gets a file for each rule, an index, and all in one",
    )
    prove.set_defaults(run=_prove)

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

    train = commands.add_parser(
        "train", help="train a small network on handwritten digits by proved closed forms only"
    )
    train.add_argument(
        "--loss",
        choices=(
            "cross-entropy",
            "squared-error",
            "softmax-squared-error",
            "activation-softmax-squared-error",
        ),
        help="after softmax: cross-entropy, which is usual, or half the squared error, also with the "
        "activation before softmax; or half the squared error of the outputs themselves",
    )
    train.add_argument(
        "--activation", choices=("tanh", "sigmoid", "relu"), default=None, help="tanh unless given"
    )
    train.add_argument("--rate", type=float, help="the learning rate; 0.1 unless given")
    train.add_argument("--epochs", type=int, default=40, help="40 in all unless given")
    train.add_argument("--until", type=float, metavar="J", help="stop once J per sample is so small")
    train.add_argument("--seed", type=int, help="of weights, order and the held-out fifth; 0 unless given")
    train.add_argument(
        "-o", "--output", metavar="DIR", default="digits", help="for weights.npz and loss.png; 'digits'"
    )
    train.add_argument("--resume", action="store_true", help="go on with the run saved there")
    train.set_defaults(run=_train)

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
    gc.disable()  # looking for circles takes a tenth of the time, and a decision makes hardly any
    try:
        for rule in _with_progress(found, len(found)):
            done.append((rule, rule.verify()))
            if options.certified:
                certified[rule.name] = _certified(done[-1][1])
            if not options.json:
                full = options.verbose or len(found) <= DETAILED
                _print_verdict(*done[-1], full, certified.get(rule.name, ""))
    finally:  # what was decided is shown even if the rest was interrupted
        gc.enable()
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
    return _status(verdict for _, verdict in done)


def _verify_network(options: argparse.Namespace) -> int:
    from symgrad.network import example

    if options.rules:
        raise SymgradError("verify takes rules or --network, not both")
    network = example(options.network)
    found = network.verify()
    if options.json:
        print(found.json())
        return _status_of({found.verdict})
    print(f"{_coloured(found.verdict)}  {found.name}")
    for line in found.lines(options.verbose):
        print(f"  {line}")
    layers = f"{len(network.layers)} layers with {len(found.layers)} closed forms"
    print(f"{layers}, {len(found.gradients)} gradients of the whole, in {found.seconds:.2f} s")
    return _status_of({found.verdict})


def _status(verdicts: Iterable[Verdict]) -> int:
    return _status_of({verdict.verdict for verdict in verdicts})


def _status_of(kinds: set[str]) -> int:
    if "REFUTED" in kinds:
        return REFUTED
    if "ILL-FORMED" in kinds:
        return MISUSE
    return UNDECIDED if kinds - {"PROVED"} else PROVED


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
    column = f"  {certified.partition(':')[0]}" if certified else ""
    print(f"{_coloured(verdict.verdict)}  {rule.name}  ({verdict.seconds * 1000:.0f} ms){column}")
    if full or verdict.verdict != "PROVED":
        print(f"  {verdict.claim}")
        for line in verdict.lines():
            print(f"  {line}")
        if certified not in ("", CERTIFIED):
            print(f"  {certified}")


def _coloured(kind: str) -> str:
    text = f"{kind:10}" if kind != "PROVED" else kind
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return text
    colour = {"PROVED": 32, "REFUTED": 31}.get(kind, 33)
    return f"\033[{colour}m{text}\033[0m"


T = TypeVar("T")


def _with_progress(items: Iterable[T], total: int, unit: str = "rule") -> Iterator[T]:
    """A bar on a terminal, once there has been something to wait for; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield from items
        return
    from tqdm import tqdm

    yield from tqdm(items, total=total, delay=1.0, leave=False, unit=unit)


def _workers(count: int) -> int:
    """Processes to prove so many rules in: more than one pays from a dozen rules on."""
    return min(os.cpu_count() or 1, 8) if count >= MANY else 1


def _prove(options: argparse.Namespace) -> int:
    from pathlib import Path

    from symgrad.catalogue import find
    from symgrad.explain.printing import SUFFIXES

    if options.all == bool(options.rules):
        raise SymgradError("prove needs the name of a rule, or --all; `symgrad rules` lists all")
    found = find(options.rules)
    output = None if options.output is None else Path(options.output)
    named = {f".{suffix}": form for form, suffix in SUFFIXES.items()}.get(output.suffix) if output else None
    if output is None or named or (output.suffix and not output.is_dir() and len(found) == 1):
        form = options.format or named or "text"
        return _write_one(found, options.all, form, options.lang, output)
    return _write_each(found, options.all, options.format or "latex", options.lang, output)


def _write_one(found: Sequence[Rule], whole: bool, form: str, lang: str, output: Path | None) -> int:
    """One document: to a file, or to standard output."""
    from symgrad.explain.book import entries, together
    from symgrad.explain.printing import printed

    if output is None and form == "pdf" and sys.stdout.isatty():
        raise SymgradError("a PDF is not for the terminal; say where to write it with -o FILE.pdf")
    if output is not None and not output.parent.is_dir():
        raise SymgradError(f"{output} cannot be written: there is no folder {output.parent}")
    proofs = entries(found, whole, lang, _workers(len(found)))
    parts = list(_with_progress(proofs, len(found) + whole))
    told = parts[0][1].document(lang) if len(parts) == 1 else together(parts, lang)
    made = printed(told, form)
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(made)
        return PROVED
    with _writing(output):
        output.write_bytes(made)
    return PROVED


def _write_each(found: Sequence[Rule], whole: bool, form: str, lang: str, output: Path) -> int:
    """A file for each rule in a folder; what is done stays if the rest is interrupted."""
    from symgrad.explain.book import write

    with _writing(output):
        files = write(output, found, whole, form, lang, _workers(len(found)))
        count = sum(1 for _ in _with_progress(files, len(found) + whole + 2, "file"))
    print(f"{count} files in {output}")
    return PROVED


@contextlib.contextmanager
def _writing(output: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise SymgradError(f"{problem.filename or output} cannot be written: {problem.strerror}") from None


def _graph(options: argparse.Namespace) -> int:
    from symgrad.catalogue import forward_of

    z = forward_of(options.name)
    print(z.mermaid() if options.format == "mermaid" else z.dot())
    return PROVED


def _emit(options: argparse.Namespace) -> int:
    from symgrad.catalogue import Rule, forward_of, rules
    from symgrad.emission.source import emit
    from symgrad.errors import NotProved

    named: dict[str, Rule] = {rule.name: rule for rule in rules()}
    what = named.get(options.name) or forward_of(options.name)
    forward = options.forward and isinstance(what, Rule)
    try:
        print(emit(what, options.to, name=None if forward else options.name, forward=forward), end="")
    except NotProved as refusal:
        print(f"symgrad: {refusal}; see symgrad verify {options.name}", file=sys.stderr)
        return _status([refusal.verdict])
    return PROVED


def _train(options: argparse.Namespace) -> int:
    from pathlib import Path

    from symgrad.errors import NotProved
    from symgrad.train.loop import Run, digits
    from symgrad.train.network import Network
    from symgrad.train.rules import choose, decided

    folder = Path(options.output)
    if options.resume:
        run = Run.load(folder)
        _same_run(options, run)
        chosen = choose(run.activation, run.loss)
    else:
        chosen = choose(options.activation or "tanh", options.loss)
        rate = 0.1 if options.rate is None else options.rate
        run = Run.new(chosen.activation, chosen.loss, rate, options.seed or 0)
    try:
        decided(chosen, lambda rule, verdict: _print_verdict(rule, verdict, full=False))
    except NotProved as refusal:
        print(f"symgrad: {refusal}", file=sys.stderr)
        return _status([refusal.verdict])
    data = digits(run.seed)
    network = Network(chosen)
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        start = time.perf_counter()
        while len(run.losses) < options.epochs and not _reached(run.losses, options.until):
            run.epoch(network, data)
            run.save(folder)
            print(
                f"epoch {len(run.losses):3}  J {run.losses[-1]:.4f}  accuracy {run.accuracies[-1]:.2%}"
                f"  ({time.perf_counter() - start:.1f} s)",
                flush=True,
            )
    print(f"weights.npz and loss.png in {folder}")
    return PROVED


def _same_run(options: argparse.Namespace, run: Any) -> None:
    for name in ("loss", "activation", "rate", "seed"):
        asked, saved = getattr(options, name), getattr(run, name)
        if asked is not None and asked != saved:
            raise SymgradError(f"the run to resume has {name} {saved}, not {asked}")


def _reached(losses: Sequence[float], until: float | None) -> bool:
    return until is not None and bool(losses) and losses[-1] <= until


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
