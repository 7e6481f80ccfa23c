"""NumPy code run on symbols: the functions somebody wrote, unmodified, on exact scalars.

A scalar is a node of a graph, with a witness that decides comparisons. Nothing of NumPy is
patched: the names `np`, `float`, … of the user's own modules are bound to stand-ins for the run.
"""
