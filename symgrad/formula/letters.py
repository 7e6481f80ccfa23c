"""Letters: Greek ones by the names that LaTeX has for them, and the marks above them."""

import unicodedata

GREEK_LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "ell": "ℓ", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π",
    "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
ACCENTS = {"\u0302": "_hat", "\u0304": "_bar", "\u0303": "_tilde"}
"""The marks above a letter."""


def plain(text: str) -> str:
    """The name that a token spells: `\\delta` is δ, `\\mathrm{rot180}` is rot180, `\\hat x` is x_hat."""
    accent = ""
    for one in ("hat", "bar", "tilde", "widehat", "overline", "vec"):
        for start in (f"\\{one}{{", f"\\{one} ", f"\\{one}\\"):
            if text.startswith(start):
                accent = "" if one == "vec" else f"_{one.removeprefix('wide')}"
    letter, mark = unicodedata.normalize("NFD", text)[:1], unicodedata.normalize("NFD", text)[1:]
    if mark in ACCENTS:
        return letter + ACCENTS[mark]
    while "{" in text and text.endswith("}") and text.startswith("\\"):
        text = text[text.index("{") + 1 : -1].strip()
    head, _, tail = text.rpartition(" ")
    if head.startswith("\\"):
        text = tail
    if text.count("\\") > 1:
        text = text[text.rindex("\\") :]
    text = text.replace("{", "").replace("}", "").removeprefix("\\")
    text = GREEK_LETTERS.get(text.removeprefix("var"), text)
    text = {"∇": "nabla", "√": "sqrt"}.get(text, text)
    return ("rot180" if text in ("rot_180", "rot180") else text) + accent
