"""Known functions as Python writes them of plain numbers, and what is noted of some of arrays."""

from __future__ import annotations

OF_NUMBERS = {
    "exp": "math.exp({0})",
    "log": "math.log({0})",
    "tanh": "math.tanh({0})",
    "sigmoid": "0.5 * (1 + math.tanh(0.5 * {0}))",
    "softplus": "math.log1p(math.exp({0}))",
    "erf": "math.erf({0})",
    "Phi": "0.5 * math.erfc(-{0} / math.sqrt(2))",
    "phi": "math.exp(-0.5 * {0}**2) / math.sqrt(2 * math.pi)",
    "step": "float({0} > 0)",
}
"""Known functions of plain numbers."""


OVERFLOW = "exp overflows for arguments past 88 in single precision, 709 in double."
ENTRY_BY_ENTRY = "NumPy has no {0}: it is computed entry by entry, which is slow, in double precision."
