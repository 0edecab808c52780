"""Start rao: ``rao`` and ``python -m rao_cli`` both come here.

Nothing is imported before it is needed, so that ``rao --help`` answers at once.
"""

import contextlib
import sys
from pathlib import Path


def main() -> None:
    """Run the command line of this process and exit with its code."""
    try:
        from rao_cli.cli.terminal import open_missing_descriptors, standard_streams

        open_missing_descriptors()
        from rao_cli.cli.main import report_thread_errors, run

        streams = standard_streams()
        report_thread_errors(streams)
        code = run(sys.argv[1:], streams)
    except KeyboardInterrupt:
        code = 130  # Ctrl-C before there was anything to stop
    sys.exit(code)


def _leave_working_folder() -> None:
    """Take the working folder, which ``python -m`` looks into first, off the path: it may be a stranger's."""
    with contextlib.suppress(OSError):  # a folder that was deleted holds nothing
        folder = str(Path.cwd())
        if sys.path[0] == folder and not Path(__file__).is_relative_to(folder):
            del sys.path[0]


if __name__ == "__main__":
    _leave_working_folder()
    main()
