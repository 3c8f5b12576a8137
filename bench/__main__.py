"""`make bench` as a process. It ends silently by Ctrl-C, or when nobody reads on."""

import signal
import sys
from importlib import import_module

signal.signal(signal.SIGINT, signal.SIG_DFL)
what = next((name for name in ("crowd", "lag", "polling") if sys.argv[1:2] == [name]), None)
# With a whole AWS in this process, a connection that breaks must not end it.
if what not in ("crowd", "lag"):
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)

# Only now: to import it takes a while.
command = import_module(f"bench.{what}.command" if what else "bench.command")
sys.exit(command.main(sys.argv[2 if what else 1 :]))
