"""`symgrad audit`: every forward and backward in a file or folder found, run and judged."""
