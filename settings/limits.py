"""How many entries of a setting AWS accepts, and how large they may be together."""

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import accumulate

from pydantic import ValidationInfo

from settings.schedules import ScheduledAction, ScheduledRun

MOST_RESOURCES = 350
"""Each subscription, start and stop is a resource. CloudFormation accepts 500; the stack has under 150 others."""
MOST_INPUT_BYTES = 360_000
"""Of all inputs of schedules, as in the template. CloudFormation accepts a template of 1 MB."""
MOST_ARN_CHARACTERS = 2_900
"""Of all project ARNs with commas between them. They are in a function's environment, of which Lambda accepts 4 KB,
folded: even those of the longest names leave it 350 bytes."""

DEAD_LETTERS_KEPT = timedelta(days=14)
"""The longest that SQS keeps a message."""


def addresses_that_fit(addresses: list[str], info: ValidationInfo) -> list[str]:
    """Return the addresses. Raises ValueError if they are too many, with those of the setting before."""
    room = MOST_RESOURCES - _addresses(info)
    if len(addresses) > room:
        raise ValueError(f"must be at most {room} addresses, got {len(addresses):,}")
    return addresses


def _addresses(info: ValidationInfo) -> int:
    """Return how many there are in the settings that were validated before."""
    return sum(len(info.data.get(name, [])) for name in ("notification_emails", "alarm_emails"))


def arns_that_fit(arns: list[str]) -> list[str]:
    """Return the ARNs. Raises ValueError if they are too long together."""
    sizes = [len(arn) + 1 for arn in arns]
    if (size := sum(sizes) - 1) > MOST_ARN_CHARACTERS:
        raise ValueError(
            f"must be at most {MOST_ARN_CHARACTERS:,} characters of ARNs together, got {size:,}: "
            f"the first {_fitting(sizes, MOST_ARN_CHARACTERS + 1)} of {len(arns)} fit"
        )
    return arns


def schedules_that_fit(
    schedules: list[ScheduledAction | ScheduledRun], info: ValidationInfo
) -> list[ScheduledAction | ScheduledRun]:
    """Return the schedules. Raises ValueError if they are too many, or their inputs too large."""
    room = MOST_RESOURCES - _addresses(info)
    counts = [len(schedule.executions) for schedule in schedules]
    if sum(counts) > room:
        raise ValueError(
            f"must be at most {room} starts and stops beside the e-mail addresses, got {sum(counts):,}: "
            f"the first {_fitting(counts, room)} of {len(schedules):,} schedules fit"
        )
    sizes = [sum(_in_template(execution.deployed_input) for execution in schedule.executions) for schedule in schedules]
    if sum(sizes) > MOST_INPUT_BYTES:
        raise ValueError(
            f"must be at most {MOST_INPUT_BYTES:,} bytes of inputs together, got {sum(sizes):,}: "
            f"the first {_fitting(sizes, MOST_INPUT_BYTES)} of {len(schedules):,} schedules fit"
        )
    return schedules


def schedules_within_units(
    schedules: list[ScheduledAction | ScheduledRun], info: ValidationInfo
) -> list[ScheduledAction | ScheduledRun]:
    """Return the schedules. Raises ValueError for a start with more inference units than the settings allow."""
    most = info.data.get("max_inference_units")
    for schedule in schedules:
        for execution in schedule.executions:
            for field in ("MinInferenceUnits", "MaxInferenceUnits"):
                if most is not None and (number := execution.input.get(field) or 0) > most:
                    raise ValueError(
                        f"must ask for at most {most:,} inference units (the setting max_inference_units), "
                        f"got {field} {number:,} in the schedule {schedule.name}"
                    )
    return schedules


def _in_template(execution_input: object) -> int:
    text = json.dumps(execution_input, ensure_ascii=False)
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _fitting(sizes: Iterable[int], room: int) -> int:
    totals: Sequence[int] = [total for total in accumulate(sizes) if total <= room]
    return len(totals)
