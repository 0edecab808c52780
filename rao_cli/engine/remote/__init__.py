"""An engine that asks a server: any endpoint that speaks OpenAI's chat completions over HTTP."""
