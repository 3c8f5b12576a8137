"""Whether the stack is whole, and whether it is what this checkout deploys."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from operations.deployment import NEVER_WORKED, Deployment, make
from operations.doctor.changes import (
    Changes,
    Replaced,
    Template,
    changes_between,
    name_of,
    paths_of,
    replaced_by,
    resources_of,
)
from operations.doctor.finding import Answer, error, ok, warning
from operations.errors import OperationsError, on_one_line

_HELD = {
    "AWS::DynamoDB::Table": "its records are lost",
    "AWS::KMS::Key": "what is encrypted with it cannot be read after 7 days",
    "AWS::Logs::LogGroup": "its logs are lost",
    "AWS::SNS::Topic": "its subscriptions are lost",
    "AWS::SQS::Queue": "its messages are lost",
    "AWS::Scheduler::ScheduleGroup": "its schedules are lost",
    "AWS::StepFunctions::StateMachine": "its executions end",
}
"""What goes with a resource."""
_RETAINED = ("Retain", "RetainExceptOnCreate")
_MOST_NAMES = 5


def state(status: str, stack: str, stage: str) -> Answer:
    """Say what a status of CloudFormation means for the stack."""
    if status in NEVER_WORKED:
        return error(f"{stack} could not be created ({status})", f"Run {make('destroy', stage)}, then deploy again.")
    if status == "DELETE_FAILED":
        mend = f"Read the stack's events in CloudFormation, remove the cause, and run {make('destroy', stage)} again."
        return error(f"{stack} could not be deleted ({status})", mend)
    if status.endswith("_FAILED"):
        mend = "Read the stack's events in CloudFormation, remove the cause, and deploy again or continue the rollback."
        return error(f"{stack} is stuck ({status})", mend)
    if status.endswith("_IN_PROGRESS"):
        return warning(f"{stack} is being changed now ({status})", "Wait until that is over.")
    if "ROLLBACK" in status:
        mend = f"Read the stack's events in CloudFormation, remove the cause, and run {make('deploy', stage)} again."
        return warning(f"the last deploy of {stack} failed and was taken back ({status})", mend)
    return ok(f"{stack} is {status}")


def look(deployment: Deployment, wanted: Callable[[], Template]) -> Iterator[Answer]:
    """GetTemplate, and DescribeType of what differs from the template of this checkout. Nothing is changed or left."""
    client = deployment.aws.client("cloudformation")
    with on_one_line("CloudFormation"):
        deployed = client.get_template(StackName=deployment.arn, TemplateStage="Original")["TemplateBody"]
    if not isinstance(deployed, dict):
        raise OperationsError("The deployed template is not JSON, so it was not deployed by this app.")

    @cache
    def create_only(resource_type: str) -> Sequence[tuple[str, ...]]:
        with on_one_line("CloudFormation"):
            return paths_of(json.loads(client.describe_type(Type="RESOURCE", TypeName=resource_type)["Schema"]))

    template = wanted()
    changes = changes_between(deployed, template)
    yield of_changes(changes, deployed, template, deployment.stage)
    yield from of_removals(changes, deployed)
    yield from of_retyped(changes, deployed, template)
    yield from of_replacements(replaced_by(changes, deployed, template, create_only), deployed, template)


def of_changes(changes: Changes, deployed: Template, wanted: Template, stage: str) -> Answer:
    """Say how much a deploy would change."""
    if not changes:
        return ok("what is deployed is what this checkout deploys with these settings")
    removed = [name for name in changes.removed if not _stays(resources_of(deployed)[name])]
    parts = [
        f"{verb} {len(names):,} ({_listed(names, deployed, wanted)})"
        for verb, names in (("add", changes.added), ("change", changes.changed), ("remove", removed))
        if names
    ]
    resources = " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
    if changes.retyped:
        resources = "be refused"
    mend = f"Run {make('deploy', stage)}, with the same ARGS as this command."
    return warning(
        f"what is deployed is not this checkout: a deploy would {resources or 'only forget what it keeps'}", mend
    )


def of_removals(changes: Changes, deployed: Template) -> Iterator[Answer]:
    """Say what would go with the resources that a deploy removes."""
    for logical_id in changes.removed:
        resource = resources_of(deployed)[logical_id]
        loss = _HELD.get(resource["Type"])
        if loss and not _stays(resource):
            yield warning(f"a deploy would remove {name_of(logical_id, deployed)}: {loss}", _CHECK)


def of_retyped(changes: Changes, deployed: Template, wanted: Template) -> Iterator[Answer]:
    """Say which changes CloudFormation would refuse."""
    for logical_id in changes.retyped:
        name = name_of(logical_id, wanted, deployed)
        yield error(f"a deploy would be refused: {name} changes its type", "Give it another logical id.")


def of_replacements(found: Iterable[Replaced], deployed: Template, wanted: Template) -> Iterator[Answer]:
    """Say what would be made anew, and what goes with it."""
    for each in found:
        resource: Mapping[str, Any] = resources_of(wanted)[each.logical_id]
        loss = _HELD.get(resource["Type"], "")
        name = name_of(each.logical_id, wanted, deployed)
        says = f"a deploy would replace {name}, since its {each.because} changes"
        yield warning(f"{says}: {loss}" if loss else says, _CHECK if loss else "Nothing is lost.")


_CHECK = "Check that this is meant, and save what you need first."


def _stays(resource: Mapping[str, Any]) -> bool:
    return resource.get("DeletionPolicy") in _RETAINED


def _listed(names: Sequence[str], *templates: Template) -> str:
    shown = [name_of(name, *templates) for name in names[:_MOST_NAMES]]
    return ", ".join([*shown, *([f"{len(names) - _MOST_NAMES:,} more"] if len(names) > _MOST_NAMES else [])])
