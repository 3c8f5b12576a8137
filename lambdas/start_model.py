"""The function behind the state "Start model": it arms the stop and asks for the start."""

from functools import partial

from composition.seams import leases, records
from composition.step_handler import step_handler
from model_lifecycle.steps.start import start_model
from model_lifecycle.vocabulary.phase import Goal

handler = step_handler("Start model", {Goal.RUNNING: partial(start_model, records=records(), leases=leases())})
