"""A whole ``rao`` process with a scripted model, for tests of streams, signals and exit codes.

``python -m tests.cli.driver DELAY ARGUMENT...``: each request takes DELAY seconds to read and as long to write.
"""

import sys

from rao_cli.cli.terminal import open_missing_descriptors, standard_streams


def main():
    """Run the command line of this process."""
    open_missing_descriptors()
    streams = standard_streams()
    from rao_cli.cli.main import run
    from tests.cli.console import scripted

    sys.exit(run(sys.argv[2:], streams, scripted(delay=float(sys.argv[1]))))


if __name__ == "__main__":
    main()
