"""How a command ends: what people can mend is one line, and neither Ctrl-C nor a closed pipe is a traceback."""

import os
import sys
from collections.abc import Callable

from operations.errors import OperationsError
from operations.start import INTERRUPTED
from settings.context import ContextError
from settings.settings import SettingsError

_NO_READER = 141


def at_terminal() -> bool:
    """Tell whether a person reads and answers."""
    return all(stream is not None and not stream.closed and stream.isatty() for stream in (sys.stdin, sys.stdout))


def ended(command: Callable[[], int], *, failed: int = 1) -> int:
    """Return the exit status of a command. `failed`: that of an error, which is told on standard error."""
    try:
        status = command()
        sys.stdout.flush()
    except (OperationsError, SettingsError, ContextError) as error:
        print(error, file=sys.stderr)
        return failed
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Python would flush once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _NO_READER
    return status
