"""The stack: it composes the constructs and defines no resource itself."""

from aws_cdk import Annotations, CfnOutput, Stack
from constructs import Construct

from settings.settings import Settings
from stacks.acknowledgements import acknowledge_on_every_resource
from stacks.dashboard import LifecycleDashboard
from stacks.endings_net import EndingsNet
from stacks.leases import Leases
from stacks.lifecycle_functions import LifecycleFunctions
from stacks.names import Names
from stacks.notifications import Notifications
from stacks.observability import Observability
from stacks.old_versions import OldVersions
from stacks.start_workflow import StartWorkflow
from stacks.stop_workflow import StopWorkflow
from stacks.triggers import Triggers
from stacks.watch import Watch


class ModelLifecycleStack(Stack):
    """Everything that a model's life needs, in one stack."""

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        names = Names(settings.stage or "")
        super().__init__(
            scope,
            names.stack,
            description="Starts and stops machine-learning models that bill while they run, and watches them",
            # CloudFormation gives them to every resource that can have tags.
            tags=_tags(settings),
        )
        notifications = Notifications(
            self,
            "Notifications",
            title=names.topic_title,
            emails=settings.notification_emails,
            encryption=settings.encryption,
        )
        encryption = notifications.encryption
        leases = Leases(self, "Leases", names=names, encryption=encryption)
        functions = LifecycleFunctions(
            self, "Functions", names=names, settings=settings, notifications=notifications, leases=leases
        )
        stop = StopWorkflow(
            self, "StopWorkflow", functions=functions, names=names, settings=settings, encryption=encryption
        ).state_machine
        start = StartWorkflow(
            self,
            "StartWorkflow",
            functions=functions,
            stop_model=stop,
            names=names,
            settings=settings,
            encryption=encryption,
        ).state_machine
        net = EndingsNet(
            self, "EndingsNet", state_machines=[start, stop], notify=functions.notify, encryption=encryption
        )
        triggers = Triggers(
            self,
            "Triggers",
            start_model=start,
            stop_model=stop,
            names=names,
            encryption=encryption,
            schedules=settings.schedules,
        )
        watch = Watch(self, "Watch", watch_models=functions.watch_models, encryption=encryption)
        OldVersions(
            self,
            "OldVersions",
            forget_versions=functions.forget_versions,
            undelivered=functions.unforgotten,
        )
        dead_letters = {
            "UndeliveredRequests": triggers.undelivered,
            "UndeliveredStops": leases.undelivered,
            "UndeliveredEndings": net.undelivered,
            "UndeliveredMessages": notifications.undelivered,
            "UndeliveredWatch": watch.undelivered,
            "UnwatchedModels": functions.unwatched,
            "UnforgottenVersions": functions.unforgotten,
            "UntoldEndings": functions.untold,
        }
        observability = Observability(
            self,
            "Observability",
            topic=notifications.topic,
            dead_letters=dead_letters,
        )
        dashboard = LifecycleDashboard(
            observability,
            "Dashboard",
            names=names,
            price_per_inference_unit_hour=settings.price_per_inference_unit_hour,
            functions={
                "StartModel": functions.start_model,
                "CheckModel": functions.check_model,
                "StopModel": functions.stop_model,
                "Notify": functions.notify,
                "WatchModels": functions.watch_models,
            },
            watch=functions.watch_models.log_group.log_group_name,
            dead_letters=dead_letters,
            alarms=observability.alarms,
        )
        CfnOutput(self, "StartModelStateMachineArn", value=start.state_machine_arn)
        CfnOutput(self, "StopModelStateMachineArn", value=stop.state_machine_arn)
        CfnOutput(self, "NotificationTopicArn", value=notifications.topic.topic_arn)
        CfnOutput(self, "WatchModelsFunctionName", value=functions.watch_models.function_name)
        CfnOutput(self, "RequestSource", value=names.request_source)
        CfnOutput(self, "EventSource", value=names.event_source)
        CfnOutput(self, "DashboardName", value=dashboard.dashboard_name)
        acknowledge_on_every_resource(self)
        if settings.stage and not settings.project_arns:
            Annotations.of(self).add_warning_v2(
                "model-lifecycle:every-project",
                f"The stage {settings.stage} watches the models of every deployment in its account and Region, since "
                "project_arns is empty. If there are others, name the projects of each in its project_arns.",
            )


def _tags(settings: Settings) -> dict[str, str]:
    given = {"application": "model-lifecycle", "stage": settings.stage, "owner": settings.owner}
    return {name: value for name, value in given.items() if value}
