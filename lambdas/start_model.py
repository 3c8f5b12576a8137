"""The function behind the state "Start model": it arms the stop and asks for the start."""

from functools import partial

from composition.environment import budget_from
from composition.seams import leases, ledgers, lines, records
from composition.step_handler import step_handler
from model_lifecycle.model.spending import Spending
from model_lifecycle.steps.start import start_model
from model_lifecycle.vocabulary.phase import Goal

budget = budget_from()
spending = Spending(budget, ledgers()) if budget else None
start = partial(start_model, records=records(), leases=leases(), lines=lines(), spending=spending)
handler = step_handler("Start model", {Goal.RUNNING: start})
