"""`python -m tools.set_up PART...`: see `command`. This file must be readable for any Python 3."""

import signal
import sys

if __name__ == "__main__":
    # Ctrl-C ends the program without a word before it handles it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

if sys.version_info < (3, 11):  # noqa: UP036 - a newer syntax, or the imports below, would end in a traceback
    sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ": make PYTHON=<a newer one>")

from pathlib import Path

from tools.interruption import raise_when_interrupted
from tools.set_up.command import main
from tools.set_up.steps import Checkout

raise_when_interrupted()
sys.exit(main(sys.argv[1:], Checkout(Path(__file__).resolve().parents[2])))
