"""One file for each family of layers: its forward, and beside it the closed forms of its backward."""
