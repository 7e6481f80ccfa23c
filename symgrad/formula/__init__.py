"""Formulas as people write them: read from text or LaTeX, given a meaning, and decided."""
