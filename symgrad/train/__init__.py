"""A small network trained on handwritten digits, forward and backward by emitted closed forms only."""
