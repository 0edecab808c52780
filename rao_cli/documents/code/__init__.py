"""Source code: sections by class and function, symbols, imports, and what uses what."""
