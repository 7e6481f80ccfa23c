# `make verify` and `make test` are all a newcomer needs; both make .venv first.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: verify test lint bench proofs fonts clean

verify: .venv/.installed
	$(BIN)/symgrad verify

test: .venv/.tested
	$(BIN)/pytest $(PYTEST)

lint: .venv/.linted
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/.installed
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/.installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/.tested: .venv/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group test
	touch $@

.venv/.linted: .venv/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	touch $@

# What lies in proofs/, made anew
proofs: .venv/.tested
	mkdir -p proofs/zh
	$(BIN)/symgrad prove --all --lang zh -o proofs/zh/all.pdf
	$(BIN)/symgrad prove --all --lang zh -o proofs/zh
	$(BIN)/symgrad prove --all -o proofs/all.pdf
	$(BIN)/symgrad prove --all -o proofs
	mkdir -p proofs/article
	for lang in en zh; do for form in md html; do \
	  $(BIN)/symgrad check tests/data/article.md --lang $$lang --report proofs/article/article.$$lang.$$form \
	    > /dev/null || test $$? = 1 || exit 1; \
	done; done

# The subset of Chinese glyphs for PDF, made anew when the words change: make fonts NOTO=…/fonts
# NOTO is where Debian's fonts-noto-cjk puts them
NOTO ?= /usr/share/fonts/opentype/noto
FONTS := symgrad/explain/fonts
fonts: .venv/.tested
	$(BIN)/python -m symgrad.explain.fonts > $(FONTS)/characters.txt
	for weight in Regular Bold; do \
	  $(BIN)/pyftsubset $(NOTO)/NotoSerifCJK-$$weight.ttc --font-number=2 --no-hinting --desubroutinize --layout-features='' \
	    --text-file=$(FONTS)/characters.txt --output-file=$(FONTS)/NotoSerifCJKsc-$$weight-subset.otf || exit 1; \
	done
