"""Every check, in the order in which they are told; one that cannot be made is one line."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from model_lifecycle.vocabulary.errors import ModelLifecycleError
from model_lifecycle.vocabulary.foreign import quoted
from model_lifecycle.vocabulary.stage import stack_name
from operations.aws import Aws
from operations.deployment import NEVER_WORKED, WORKS_NO_MORE, Deployment, NoStackError, find, make
from operations.doctor.checks import (
    account,
    alarms,
    bootstrap,
    budget,
    dead_letters,
    fleets,
    models,
    quotas,
    ready_by,
    schedules,
    stack,
    subscriptions,
)
from operations.doctor.finding import Answer, Finding, error, warning
from operations.errors import OperationsError
from settings.settings import Settings

Look = Callable[[], Iterable[Answer]]
Synthesis = Callable[..., Mapping[str, Any]]
_AT_A_TIME = 8


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is examined. `settings`: None if they are wrong. `context`: what a deploy would give to the CDK."""

    profile: str | None
    settings: Settings | None
    context: Mapping[str, Any]
    synthesize: Synthesis


def examine(case: Case) -> Iterator[Finding]:
    """Yield what each check finds."""
    settings = case.settings
    try:
        aws = Aws(profile=case.profile)
        number, caller = account.identity(aws)
        region = aws.region
    except OperationsError as failed:
        yield Finding("credentials", error(_first_sentence(failed), _others(failed)))
        yield from _all(_of_schedules(settings, datetime.now(UTC)))
        yield Finding("others", warning("nothing else could be checked without AWS", "Mend the credentials first."))
        return
    yield from (Finding("credentials", each) for each in account.answers(number, caller, region, settings))
    looks: list[tuple[str, Look]] = [("bootstrap", partial(bootstrap.look, aws))]
    if settings is None:
        yield from _all(looks)
        return
    deployment, about_stack = _deployed(aws, settings)
    yield from _all(
        [
            *looks,
            *_of_settings(aws, settings, deployment, number),
            *_of_schedules(settings, aws.now),
            ("stack", lambda: about_stack),
            *(
                _of_stack(deployment, settings, number, case)
                if deployment is not None and deployment.status not in (*NEVER_WORKED, *WORKS_NO_MORE)
                else []
            ),
        ]
    )


def _of_schedules(settings: Settings | None, now: datetime) -> list[tuple[str, Look]]:
    """Return what takes no AWS."""
    return [] if settings is None else [("schedules", partial(schedules.look_at_settings, settings, now=now))]


def _of_settings(aws: Aws, settings: Settings, deployment: Deployment | None, number: str) -> list[tuple[str, Look]]:
    home = account.home(aws, number, settings.stage or "") if deployment is None else deployment.home
    return [
        ("services", partial(models.look_at_services, settings, aws)),
        ("projects", partial(models.look_at_projects, settings, aws)),
        ("models", partial(models.look_at_models, settings, aws, home)),
        ("quotas", partial(quotas.look, settings, aws, now=aws.now)),
    ]


def _of_stack(deployment: Deployment, settings: Settings, number: str, case: Case) -> list[tuple[str, Look]]:
    def wanted() -> Mapping[str, Any]:
        region = deployment.aws.region
        return case.synthesize(case.context, account=number, region=region, stack=deployment.stack)

    return [
        ("checkout", partial(stack.look, deployment, wanted)),
        ("triggers", partial(schedules.look_at_deployed, deployment)),
        ("subscriptions", partial(subscriptions.look, deployment, settings)),
        ("budget", partial(budget.look, deployment)),
        ("fleets", partial(fleets.look, deployment)),
        ("ready by", partial(ready_by.look, deployment, settings)),
        ("alarms", partial(alarms.look, deployment, now=deployment.aws.now)),
        ("dead letters", partial(dead_letters.look, deployment, now=deployment.aws.now)),
    ]


def _deployed(aws: Aws, settings: Settings) -> tuple[Deployment | None, list[Answer]]:
    stage = settings.stage or ""
    try:
        deployment = find(aws, stage)
    except NoStackError:
        says = f"{stack_name(stage)} is not deployed in {aws.region}, so nothing starts or stops a model"
        return None, [error(says, f"Run {make('deploy', stage)}, or choose another Region, profile or stage.")]
    except OperationsError as failed:
        return None, [_not_made(failed)]
    return deployment, [stack.state(deployment.status, deployment.stack, stage)]


def _all(looks: Sequence[tuple[str, Look]]) -> Iterator[Finding]:
    """Make the checks at the same time, and yield what they find in their order."""
    pool = ThreadPoolExecutor(_AT_A_TIME)
    try:
        for found in pool.map(lambda each: _made(*each), looks):
            yield from found
    finally:
        # Who interrupts it does not wait for those that have not begun.
        pool.shutdown(cancel_futures=True)


def _made(check: str, look: Look) -> list[Finding]:
    found: list[Finding] = []
    try:
        found += (Finding(check, answer) for answer in look())
    except Exception as failed:  # noqa: BLE001 - one check that fails is not the end of the others
        found.append(Finding(check, _not_made(failed)))
    return found


def _not_made(failed: Exception) -> Answer:
    if isinstance(failed, OperationsError | ModelLifecycleError):
        return warning(f"could not be checked: {_first_sentence(failed)}", _others(failed))
    said = f"{type(failed).__name__}: {quoted(str(failed))}"
    return warning(f"could not be checked, by a mistake in this command: {said}", "Report it.")


def _first_sentence(failed: Exception) -> str:
    return str(failed).partition(". ")[0].removesuffix(".")


def _others(failed: Exception) -> str:
    return str(failed).partition(". ")[2]
