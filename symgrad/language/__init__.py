"""The language of tensor index expressions: sizes, index arithmetic, tensors, operators.

It knows nothing of deciding, printing proofs or numbers; everything else in symgrad is an
interpretation of what is written here.
"""
