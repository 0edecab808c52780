"""Measure what strategies are worth: learned alone, taught, criticised, or told in words."""
