"""The stack: it composes the constructs and defines no resource itself."""

from aws_cdk import Annotations, CfnOutput, Stack
from aws_cdk.aws_sns import ITopic, Topic
from constructs import Construct

from model_lifecycle.vocabulary.phase import Goal
from settings.settings import Settings
from stacks.acknowledgements import acknowledge_on_every_resource
from stacks.alarm_topic import AlarmTopic
from stacks.dashboard import LifecycleDashboard
from stacks.endings_net import EndingsNet
from stacks.fleet_workflow import FleetWorkflow
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
            termination_protection=settings.termination_protection,
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
        start_all, stop_all = (
            FleetWorkflow(
                self,
                f"{verb}FleetWorkflow",
                goal=goal,
                each=each,
                fleet_models=functions.fleet_models,
                notify=functions.notify,
                names=names,
                settings=settings,
                encryption=encryption,
            ).state_machine
            for verb, goal, each in (("Start", Goal.RUNNING, start), ("Stop", Goal.STOPPED, stop))
        )
        net = EndingsNet(
            self,
            "EndingsNet",
            state_machines=[start, stop, start_all, stop_all],
            notify=functions.notify,
            encryption=encryption,
        )
        triggers = Triggers(
            self,
            "Triggers",
            start_model=start,
            stop_model=stop,
            fleets={"start": start_all, "stop": stop_all},
            names=names,
            encryption=encryption,
            schedules=settings.schedules,
        )
        alarm_topics = self._alarm_topics(names, settings)
        subscribed = {notifications.topic.topic_arn: len(settings.notification_emails)}
        if isinstance(alarm_topics[0], Topic):
            subscribed[alarm_topics[0].topic_arn] = len(settings.told_of_alarms)
        watch = Watch(self, "Watch", watch_models=functions.watch_models, encryption=encryption, subscribed=subscribed)
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
            topics=alarm_topics,
            stage=names.stage,
            deployment=names.event_source,
            state_machines={"start": [start, start_all], "stop": [stop, stop_all]},
            functions=[
                functions.start_model,
                functions.check_model,
                functions.stop_model,
                functions.notify,
                functions.fleet_models,
                functions.watch_models,
                functions.forget_versions,
            ],
            watch_models=functions.watch_models,
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
                "FleetModels": functions.fleet_models,
                "WatchModels": functions.watch_models,
                "ForgetVersions": functions.forget_versions,
            },
            watch=functions.watch_models.log_group.log_group_name,
            dead_letters=dead_letters,
            alarms=observability.alarms,
        )
        CfnOutput(self, "StartModelStateMachineArn", value=start.state_machine_arn)
        CfnOutput(self, "StopModelStateMachineArn", value=stop.state_machine_arn)
        CfnOutput(self, "StartModelsStateMachineArn", value=start_all.state_machine_arn)
        CfnOutput(self, "StopModelsStateMachineArn", value=stop_all.state_machine_arn)
        CfnOutput(self, "NotificationTopicArn", value=notifications.topic.topic_arn)
        CfnOutput(self, "AlarmTopicArn", value=alarm_topics[0].topic_arn)
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
        if not settings.told_of_alarms and not settings.alarm_topic_arn:
            what = "alarms" if settings.notification_emails else "ends and alarms"
            nobody = (
                f"Nobody is notified of {what}: set alarm_emails, alarm_topic_arn or notification_emails, or subscribe "
                "to the topics yourself."
            )
            CfnOutput(self, "Recipients", value=nobody)
            Annotations.of(self).add_warning_v2("model-lifecycle:nobody-is-notified", nobody)

    def _alarm_topics(self, names: Names, settings: Settings) -> list[ITopic]:
        """Return where alarms go: a topic of the stack, unless the operators have one and name no addresses."""
        theirs = settings.alarm_topic_arn
        topics: list[ITopic] = [Topic.from_topic_arn(self, "OperatorsTopic", theirs)] if theirs else []
        if settings.alarm_emails or not topics:
            title = f"{names.topic_title} alarms"
            topics.insert(0, AlarmTopic(self, "Alarms", title=title, emails=settings.told_of_alarms).topic)
        return topics


def _tags(settings: Settings) -> dict[str, str]:
    given = {"application": "model-lifecycle", "stage": settings.stage, "owner": settings.owner}
    return {name: value for name, value in given.items() if value}
