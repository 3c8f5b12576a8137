"""`make destroy` as a process."""

from operations.start import start

start("operations.destroy.command")
