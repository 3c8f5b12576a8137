"""The stack: it composes the constructs and defines no resource itself."""

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from stacks.endings_net import EndingsNet
from stacks.lifecycle_functions import LifecycleFunctions
from stacks.notifications import Notifications
from stacks.observability import Observability
from stacks.settings import Settings
from stacks.start_workflow import StartWorkflow
from stacks.triggers import Triggers


class ModelLifecycleStack(Stack):
    """Everything that a model's life needs, in one stack."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:  # noqa: A002
        super().__init__(scope, id, description="Runs machine-learning models that bill by the hour")
        notifications = Notifications(self, "Notifications", emails=settings.notification_emails)
        functions = LifecycleFunctions(self, "Functions", settings=settings, notifications=notifications)
        start = StartWorkflow(self, "StartWorkflow", functions=functions, settings=settings)
        net = EndingsNet(self, "EndingsNet", state_machine=start.state_machine, notify=functions.notify)
        triggers = Triggers(self, "Triggers", start_model=start.state_machine, schedules=settings.schedules)
        Observability(
            self,
            "Observability",
            topic=notifications.topic,
            state_machine=start.state_machine,
            dead_letters={
                "UndeliveredRequests": (triggers.undelivered, "A request or a schedule did not start its execution."),
                "UndeliveredEndings": (net.undelivered, "An execution's end did not reach Notify."),
                "UndeliveredMessages": (notifications.undelivered, "A subscriber did not get a message."),
                "UntoldEndings": (functions.untold, "Notify could not tell an execution's end."),
            },
        )
        CfnOutput(self, "StartModelStateMachineArn", value=start.state_machine.state_machine_arn)
        CfnOutput(self, "NotificationTopicArn", value=notifications.topic.topic_arn)
