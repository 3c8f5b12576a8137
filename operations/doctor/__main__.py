"""`make doctor` as a process."""

import sys

from operations.doctor.command import main
from operations.doctor.finding import Level
from operations.process import ended

sys.exit(ended(main, failed=Level.ERROR))
