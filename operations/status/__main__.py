"""`make status` as a process."""

from operations.start import start

start("operations.status.command")
