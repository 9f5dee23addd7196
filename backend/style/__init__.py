"""Style: the look of one picture given to another."""
