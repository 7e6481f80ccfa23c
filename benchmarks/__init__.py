"""Comparisons with the alternatives, side by side in one run."""
