"""rao: answer questions about inputs that do not fit a model's context window.

Importing this package does nothing else. Where things are: ``documents`` reads sources, ``engine`` runs
models, ``agent`` is the recursion, ``models`` finds model files, ``cli`` assembles the parts.
"""

__version__ = "0.1.0"
