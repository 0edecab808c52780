"""From requests to completions: the contract, the llama.cpp batch engine and the scripted engine."""
