"""`make doctor` as a process."""

from operations.start import start

start("operations.doctor.command", "process")
