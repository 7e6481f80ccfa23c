"""The characters that the Chinese subset must have: `python -m symgrad.explain.fonts > characters.txt`."""

import sys

from symgrad.explain.fonts import needed

if __name__ == "__main__":
    sys.stdout.write("".join(sorted(needed())) + "\n")
