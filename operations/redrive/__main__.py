"""`make redrive` as a process."""

import sys

from operations.process import ended
from operations.redrive.command import main

sys.exit(ended(main))
