"""Emission: proved closed forms as NumPy or PyTorch source, without a loop and with nothing to trust.

An expression of the language is lowered to operations on whole arrays (`lower`), which are written as
Python (`write`) for one array library or the other. No layer is known here: an affine read is a view, a sum
of products a contraction, a condition on an index a slice.
"""
