"""`make plan` as a process: ended by Ctrl-C or by a reader who has seen enough, without a word."""

import signal
import sys
from pathlib import Path

signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
# The words of the domain are found where `app.py` finds them.
sys.path.append(str(Path(__file__).resolve().parent.parent / "lambdas"))

from plan.command import main  # noqa: E402

sys.exit(main())
