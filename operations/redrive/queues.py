"""The dead-letter queues of a deployed stack, by the names of their alarms."""

from collections.abc import Mapping

from operations.aws import Aws
from operations.deployment import Deployment
from operations.errors import OperationsError
from operations.redrive.reading import Stack
from operations.subscribers import subscribers_of

QUEUE = "AWS::SQS::Queue"
_FUNCTION = "AWS::Lambda::Function"
_ALARMS = {
    "LeasesUndelivered": "UndeliveredStops",
    "TriggersUndelivered": "UndeliveredRequests",
    "FunctionsUntold": "UntoldEndings",
    "EndingsNetUndelivered": "UndeliveredEndings",
    "NotificationsUndelivered": "UndeliveredMessages",
    "FunctionsUnwatched": "UnwatchedModels",
    "WatchUndelivered": "UndeliveredWatch",
    "FunctionsUnforgotten": "UnforgottenVersions",
}
"""By the construct of the queue; what costs most to leave comes first."""
# What CloudFormation's logical ids have behind the path of their construct.
_HASH = 8


def queues_of(deployment: Deployment) -> Mapping[str, str]:
    """Return the URLs of the stack's queues by name. A queue that is not known here has its construct's."""
    named = {
        _name(queue.logical_id[:-_HASH]): queue.physical_id for queue in deployment.of_type(QUEUE) if queue.physical_id
    }
    order = list(_ALARMS.values())
    return dict(sorted(named.items(), key=lambda each: order.index(each[0]) if each[0] in order else len(order)))


def chosen(queues: Mapping[str, str], names: list[str]) -> Mapping[str, str]:
    """Return the queues of these names, or all if there are none. Raises OperationsError for a name that is unknown."""
    if unknown := [name for name in names if name not in queues]:
        raise OperationsError(f"QUEUE must be one of {', '.join(queues)}, got {unknown[0]}.")
    return {name: url for name, url in queues.items() if not names or name in names}


def stack_of(deployment: Deployment) -> Stack:
    """Return whose messages are understood."""
    home = deployment.home

    def function(path: str) -> str:
        name = deployment.physical_id(_FUNCTION, path)
        return f"arn:{home.partition}:lambda:{home.region}:{home.account}:function:{name}"

    topics = frozenset(topic.physical_id for topic in deployment.of_type("AWS::SNS::Topic"))
    return Stack(
        home=home,
        notify=function("FunctionsNotify"),
        watch_models=function("FunctionsWatchModels"),
        forget_versions=function("FunctionsForgetVersions"),
        topics=topics,
        heard_by_programs=frozenset(topic for topic in topics if _programs_hear(topic, deployment.aws)),
    )


def _programs_hear(topic: str, aws: Aws) -> bool:
    return any(each.protocol != "email" for each in subscribers_of(aws, topic))


def _name(construct: str) -> str:
    return _ALARMS.get(construct, construct)
