"""Each signature on its own, by the blocks of EN 319 102-1."""
