"""Tests of the comparison on toy texts."""
