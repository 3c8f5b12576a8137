"""`make plan` as a process: ended by Ctrl-C or by a reader who has seen enough, without a word."""

import signal
import sys

signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)

# Only now: to import it takes a while.
from plan.command import main  # noqa: E402

sys.exit(main())
