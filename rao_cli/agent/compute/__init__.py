"""Answers that code computes: counts, extremes, comparisons, definitions, what is written in one way."""
