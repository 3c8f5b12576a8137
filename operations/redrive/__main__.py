"""`make redrive` as a process."""

from operations.start import start

start("operations.redrive.command", "process")
