"""The corpus of formulas, read from tests/data/formulas.txt, whose first lines say how it is written."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from symgrad.formula.setting import Setting

FILE = Path(__file__).parent.parent / "data" / "formulas.txt"
VERDICTS = (
    "PROVED", "REFUTED", "HOLDS AT", "ILL-FORMED", "UNDECIDED", "DEFINITION", "UPDATE", "EXPRESSION"
)  # fmt: skip


@dataclass
class Case:
    """One formula with what mathematics says of it."""

    source: str
    line: int
    verdict: str
    formula: str
    setting: Setting
    reading: str = ""
    also: str = ""
    because: str = ""
    meant: str = ""


@dataclass
class Group:
    """A right formula, in some spellings, and its wrong sisters."""

    source: str
    cases: list[Case] = field(default_factory=list)


def setting_of(text: str) -> Setting:
    """`layer=conv2d shapes=a:3x3,W:2x2 below=yes` as a setting."""
    given: dict[str, object] = {}
    for piece in text.split():
        key, value = piece.split("=", 1)
        if key == "names":
            given[key] = dict(pair.split(":") for pair in value.split(","))
        elif key == "shapes":
            pairs = (pair.split(":") for pair in value.split(","))
            given[key] = {name: tuple(_size(e) for e in extents.split("x")) for name, extents in pairs}
        elif key in ("base", "stride", "padding"):
            given[key] = _size(value)
        else:
            given[key] = {"yes": True, "no": False}.get(value, value)
    return Setting(**given)


def _size(text: str) -> int | str:
    return int(text) if text.isdigit() else text


def corpus() -> list[Group]:
    """Every group of the file."""
    groups: list[Group] = []
    shared = Setting()
    for number, line in enumerate(FILE.read_text(encoding="utf-8").splitlines(), 1):
        key, value = line[:12].strip(), line[12:].strip()
        if line.startswith("# "):
            groups.append(Group(line[2:]))
            shared = Setting()
        elif key == "setting" and not line.startswith(" "):
            shared = setting_of(value)
        elif key in VERDICTS:
            groups[-1].cases.append(Case(groups[-1].source, number, key, value, shared))
        elif key == "setting":
            groups[-1].cases[-1].setting = setting_of(value)
        elif key in ("reading", "also", "because", "meant"):
            setattr(groups[-1].cases[-1], key, value)
        elif line and not line.startswith("##"):
            raise ValueError(f"{FILE.name}:{number}: {line!r}")
    return groups


def with_setting(case: Case, **changes: object) -> Case:
    """The same case in another setting."""
    return replace(case, setting=replace(case.setting, **changes))
