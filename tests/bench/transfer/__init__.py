"""Tests of the measurement of strategies."""
