"""The pages of ``rao help TOPIC``: plain text that a test keeps true."""

from rao_cli.cli.config import KEYS, variable

_EXIT_CODES = """\
Exit codes of rao

  0    answered (also: the sources do not contain the answer)
  1    failure
  2    the command line asks for something that cannot be done
  3    a source cannot be read or holds no text; with --strict, also when any input was unreadable
  4    the model is missing or does not load
  5    a limit was reached; the partial answer was printed
  6    not found in the sources, only with --fail-not-found
  130  interrupted (Ctrl-C)
  141  the reader of the output closed the pipe
  143  terminated (SIGTERM)
"""

_ENVIRONMENT = """\
Environment variables of rao

  RAO_CONFIG       settings file to read instead of the user's own (see: rao paths)
  RAO_CACHE_DIR    folder for what was read and finished agents' work
  RAO_STATE_DIR    folder for runs, which can be looked at and gone on with, and for strategies
  RAO_DEBUG=1      show where an error came from
  NO_COLOR         any value: no colour
  FORCE_COLOR      any value but 0: colour without a terminal

Each of these sets the option of its name; an option on the command line goes first, then the variable,
then the settings file:

"""

_CONFIG = """\
Settings file of rao

rao reads one settings file, in TOML, from the user's own folder (see: rao paths); never from the working
folder or from a source. rao config show prints the values in force, with --origin also what sets each.
The keys are options without the dashes:

"""

_JSON = """\
Machine-readable output of rao

  --json    one object on standard output: schema "rao.answer/1", with the answer, citations (path, pages or
            lines, quote, verified, with --show-passages passage), coverage, usage and every agent of the run; with
            --answer-schema the value is in data
  --jsonl   one event a line, as it happens; the last, run_finished, holds the same object as --json
  --dry-run --json    schema "rao.plan/1"

rao outline --json prints one object, schema "rao.outline/1": what the text shows, and how much is hidden; --depth,
--files, --symbols and --facts make it complete. Skipped inputs are all listed.

rao models, runs and strategies COMMAND --json print one object, such as "rao.models.COMMAND/1": what the command
found or did.

An error is an object too: {"schema": "rao.error/1", "error": {"message", "hint", "exit_code"}}
Fields are only ever added.
"""


def topics() -> dict[str, str]:
    """Return the pages by topic name."""
    names = "".join(f"  {variable(key):16} --{key}\n" for key in KEYS)
    keys = "".join(f"  {key}\n" for key in KEYS) + '\nExample:\n\n  model = "smollm2"\n  max-seconds = 600\n'
    return {
        "exit-codes": _EXIT_CODES,
        "environment": _ENVIRONMENT + names,
        "config": _CONFIG + keys,
        "json": _JSON,
    }
