"""The function behind the state "Stop model" of stop-model: it asks for the stop."""

from functools import partial

from composition.seams import armed_leases, meter, records
from composition.step_handler import step_handler
from model_lifecycle.steps.stop import stop_model
from model_lifecycle.vocabulary.phase import Goal

handler = step_handler(
    "Stop model", {Goal.STOPPED: partial(stop_model, records=records(), leases=armed_leases(), meter=meter())}
)
