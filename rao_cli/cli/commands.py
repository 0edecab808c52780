"""What the commands of every part of the command line share."""


def help_text(sentence: str, *examples: str) -> str:
    """Return a command's help: what it does and examples, which the parser must not wrap."""
    return f"{sentence}\n\n\b\nExamples:\n" + "\n".join(f"  {example}" for example in examples)
