"""How the process of a command begins: from its first moment on, Ctrl-C ends it without a traceback."""

import importlib
import os
import signal
import sys
from typing import NoReturn

INTERRUPTED = 130


def start(command: str, function: str = "main") -> NoReturn:
    """Import the module of a command, which takes a while, and exit as its function says."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    main = getattr(importlib.import_module(command), function)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    status = main()
    if status == INTERRUPTED:
        sys.stdout.flush()
        # Python would wait for calls in other threads.
        os._exit(status)
    sys.exit(status)
