"""What operators look at: one dashboard."""

from collections.abc import Mapping, Sequence

from aws_cdk.aws_cloudwatch import AlarmWidget, Dashboard, GraphWidget, IAlarm, IWidget
from aws_cdk.aws_stepfunctions import IStateMachine
from constructs import Construct


class LifecycleDashboard(Dashboard):
    """The dashboard. It is the CDK's own one, so that its logical id is that of its scope and id alone."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        state_machines: Mapping[str, IStateMachine],
        alarms: Sequence[IAlarm],
    ) -> None:
        executions = [_executions(verb, machine) for verb, machine in state_machines.items()]
        super().__init__(
            scope, id, widgets=[*executions, [AlarmWidget(title=alarm.node.id, alarm=alarm) for alarm in alarms]]
        )


def _executions(verb: str, machine: IStateMachine) -> list[IWidget]:
    ends = GraphWidget(
        title=f"{verb.title()}s",
        left=[
            machine.metric_started(),
            machine.metric_succeeded(),
            machine.metric_failed(),
            machine.metric_timed_out(),
            machine.metric_aborted(),
        ],
    )
    return [ends, GraphWidget(title=f"How long a {verb} takes", left=[machine.metric_time()])]
