"""Measure how right answers are: rao and the simpler things that a user could do, on the same questions."""
