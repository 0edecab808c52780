"""From a model's name to a file that may be loaded: catalogue, resolution and header check."""
