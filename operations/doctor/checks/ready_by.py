"""How long before their time starts are requested whose models are to be running by then."""

from collections.abc import Iterable, Iterator, Mapping

from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.usual_start import UsualStart
from model_lifecycle.requests.model_request import ANY_DEFAULTS
from model_lifecycle.requests.ready_by import LONGEST_LEAD_SECONDS
from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.vocabulary.wording import duration
from operations.deployment import Deployment
from operations.doctor.finding import Answer, ok, warning
from operations.status.deployed import deployed
from operations.status.reading import records_of
from settings.schedules import ScheduledExecution
from settings.settings import Settings


def look(deployment: Deployment, settings: Settings) -> Iterator[Answer]:
    """Read what is remembered of their models, if there are any. Raises OperationsError and botocore's errors."""
    executions = [each for schedule in settings.schedules for each in schedule.executions if each.ready]
    if executions:
        app = deployed(deployment)
        records = records_of(deployment.aws, app.record_table)
        yield from answers(executions, records, unless_known=app.defaults.ready_lead_seconds)


def answers(
    executions: Iterable[ScheduledExecution], records: Mapping[str, ModelRecord], *, unless_known: int
) -> Iterator[Answer]:
    """Say it of each, and which can only be late. `unless_known`: so many seconds, as the settings say."""
    for execution in executions:
        request = parse_request(execution.input, defaults=ANY_DEFAULTS, home=None)
        known = records.get(request.model_id, ModelRecord()).start_seconds
        usual, lead = UsualStart.of(known), duration(UsualStart.lead(known, unless_known=unless_known))
        says = f"schedule {execution.schedule} requests its start {lead} before its ready_by"
        if usual is None:
            yield ok(f"{says}: fewer than three starts of its model are known")
        elif usual.most_seconds > LONGEST_LEAD_SECONDS:
            why = f"{says} at most, but the starts of its model take {usual.in_words}, so it will be late"
            yield warning(why, "Give it an earlier ready_by.")
        else:
            yield ok(f"{says}: the starts of its model take {usual.in_words}")
