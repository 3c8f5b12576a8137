"""`make bench` as a process. It ends silently by Ctrl-C, or when nobody reads on."""

import signal
import sys

signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)

if sys.argv[1:2] == ["polling"]:
    from bench.polling.command import main

    sys.exit(main(sys.argv[2:]))

from bench.command import main  # noqa: E402

sys.exit(main())
