"""The same expressions with sizes fixed: interpreted over numbers, polynomials, SymPy or NumPy.

Nothing here knows how symgrad decides or derives; that is what makes it a second opinion.
"""
