"""What lies in proofs/ is what the catalogue gives today, to the byte."""

import importlib.metadata
from pathlib import Path

import pytest

from symgrad.catalogue import rules
from symgrad.explain.book import entries, together, write
from symgrad.explain.printing import printed

PROOFS = Path(__file__).parents[2] / "proofs"
FOLDERS = {"en": PROOFS, "zh": PROOFS / "zh"}
PINNED = "0.15.2"
"""The version of typst that made the PDFs: another sets them a little differently."""


@pytest.mark.parametrize("lang", FOLDERS)
def test_the_proofs_folder_is_up_to_date(lang, tmp_path):
    (tmp_path / "all.pdf").touch()
    if lang == "en":
        (tmp_path / "zh").mkdir()
    for path in write(tmp_path, rules(), True, "latex", lang):
        kept = FOLDERS[lang] / path.name
        assert kept.exists(), f"run `make proofs`: {path.name} is missing"
        same = kept.read_bytes() == path.read_bytes()  # a difference of large files is not worth showing
        assert same, f"run `make proofs`: {path.name} is another now"
    written = {path.name for path in tmp_path.iterdir() if path.is_file()}
    kept = {path.name for path in FOLDERS[lang].iterdir() if path.is_file()}
    assert kept == written, "files of rules that are no more"


@pytest.mark.parametrize("lang", FOLDERS)
def test_the_pdfs_are_up_to_date(lang):
    found = importlib.metadata.version("typst")
    if found != PINNED:
        pytest.skip(f"the PDFs were made by typst {PINNED}, here is {found}")
    made = printed(together(list(entries(rules(), True)), lang), "pdf")
    same = (FOLDERS[lang] / "all.pdf").read_bytes() == made
    assert same, "run `make proofs`"


def test_nothing_written_is_lost_if_the_rest_is_interrupted(tmp_path):
    def interrupted():
        yield from rules()[:3]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(write(tmp_path, interrupted(), True))
    assert sorted(path.stem for path in tmp_path.iterdir()) == sorted(rule.name for rule in rules()[:3])
