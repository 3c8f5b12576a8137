"""The function behind the states "Check model": it looks whether the model runs, or is stopped."""

from functools import partial

from composition.seams import armed_leases, meter, records
from composition.step_handler import step_handler
from model_lifecycle.steps.start import check_model
from model_lifecycle.steps.stop import check_stop
from model_lifecycle.vocabulary.phase import Goal

remembered = records()
handler = step_handler(
    "Check model",
    {
        Goal.RUNNING: partial(check_model, records=remembered),
        Goal.STOPPED: partial(check_stop, records=remembered, leases=armed_leases(), meter=meter()),
    },
)
