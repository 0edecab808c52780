"""Commands and renderers; the only place that assembles documents, engines and agents."""
