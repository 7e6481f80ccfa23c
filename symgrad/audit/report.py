"""What an audit found: a table for the terminal, and a page."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterator, Sequence

from symgrad.audit.run import Audited
from symgrad.testing.result import NOT_UNDERSTOOD

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8884; padding: .3rem .8rem .3rem 0; text-align: left; }
td { vertical-align: top; }
pre { background: #8881; overflow-x: auto; padding: .8rem; white-space: pre-wrap; }
.PASSED { color: #187a2f; } .wrong { color: #b3261e; } .undecided { color: #8a6100; }
@media (prefers-color-scheme: dark) {
  body { background: #161616; color: #e6e6e6; }
  .PASSED { color: #6fd388; } .wrong { color: #ff8a80; } .undecided { color: #ffd166; }
}
""".strip()


def cells(one: Audited) -> tuple[str, str, str, str]:
    """Verdict, what it is about, where, and the cause."""
    finding = next((f for f in one.report.findings if f.kind == one.verdict), one.report.findings[0])
    why = finding.cause or finding.message.partition("\n")[0]
    what = "" if one.verdict == "PASSED" else finding.what
    return one.verdict, what, f"{one.pair.path}:{one.pair.line} {one.pair.name}".rstrip(), why


def counted(count: int) -> str:
    """So many pairs, in words."""
    return "1 pair" if count == 1 else f"{count} pairs"


def summary(done: Sequence[Audited]) -> str:
    """How many of each verdict; files that cannot be read are counted apart."""
    judged = [one for one in done if not one.pair.problem]
    counts = Counter(one.verdict for one in judged)
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    unread = len(done) - len(judged)
    files = "1 file that cannot be read" if unread == 1 else f"{unread} files that cannot be read"
    return "; ".join(
        [*([f"{counted(len(judged))}: {verdicts}"] if judged else []), *([files] if unread else [])]
    )


def skeleton(done: Sequence[Audited], most: int = 8) -> Iterator[str]:
    """An adapter to be filled in for pairs that were not understood; nothing if there are none."""
    open_ones = [one.pair for one in done if one.verdict == NOT_UNDERSTOOD and not one.unread]
    if not open_ones:
        return
    yield "What an adapter would say of those that are not understood (--adapter FILE.toml):"
    for pair in open_ones[:most]:
        names = [name for name in pair.parameters if name not in pair.defaults]
        yield ""
        yield f"[{pair.name}]"
        made_of = [name for name, has_default in pair.made_of if not has_default]
        given = ", ".join(f'{name} = "…"' for name in names)
        example = "[2, 3]" if made_of else '"N C H W"'
        yield f"arguments = {{ {given} }}  # such as {example}"
        if made_of:
            options = ", ".join(f'{name} = "…"' for name in made_of)
            yield f"options = {{ {options} }}  # what the constructor takes"
    if len(open_ones) > most:
        yield f"# and so on, for {len(open_ones) - most} more"


def details(one: Audited) -> Iterator[str]:
    """The whole report of a pair, in lines."""
    yield from one.report.lines()
    if one.printed:
        yield f"  prints     {one.printed} lines"


def page(done: Sequence[Audited]) -> str:
    """The audit as an HTML page, with nothing loaded from elsewhere."""
    rows = []
    for one in done:
        verdict, what, where, why = cells(one)
        texts = "".join(f"<td>{html.escape(text)}</td>" for text in (what, where, why))
        rows.append(f'<tr><td class="{_kind(one)}">{verdict}</td>{texts}</tr>')
    full = []
    for one in done:
        heading, text = html.escape(one.pair.name or one.pair.path), html.escape("\n".join(details(one)))
        full.append(f"<h2>{heading}</h2>\n<pre>{text}</pre>")
    head = "<tr><th>verdict</th><th>of</th><th>where</th><th>why</th></tr>"
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
            f"<title>symgrad audit</title><style>{STYLE}</style></head>",
            f"<body><h1>symgrad audit</h1><p>{html.escape(summary(done))}</p>",
            f"<table>{head}{''.join(rows)}</table>",
            *full,
            "</body></html>",
            "",
        ]
    )


def _kind(one: Audited) -> str:
    from symgrad.testing.result import UNDECIDED

    return "PASSED" if one.verdict == "PASSED" else "undecided" if one.verdict in UNDECIDED else "wrong"
