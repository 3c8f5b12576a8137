"""`make redrive`: what got lost is put back, and only then is its message deleted."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from operations.aws import Aws
from operations.errors import OperationsError
from operations.redrive.command import main
from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import LOOKOUT_VISION, REKOGNITION
from tests.deployed.someone import Someone

HOUR = 3_600
DENIED = {"Error": "AccessDeniedException"}
NOBODY = "nobody@example.invalid"
SAID_OF = "arn:aws:states:us-east-1:123456789012:execution:stop-model:x#0"
SAID = {
    "default": json.dumps({"NotificationId": SAID_OF, "ExecutionArn": None}),
    "email": f"Model boards/1 is stopped.\nNothing to do.\n\nId:        {SAID_OF}\n",
}
QUEUES = [
    "UndeliveredStops",
    "UndeliveredRequests",
    "UntoldEndings",
    "UndeliveredEndings",
    "UndeliveredMessages",
    "UnwatchedModels",
    "UndeliveredWatch",
    "UnforgottenVersions",
]


class Redrive:
    """The command, as an operator calls it."""

    def __init__(self, out: pytest.CaptureFixture[str]) -> None:
        self._out = out

    def __call__(self, *arguments: str, answers: Callable[[str], str] | None = None) -> tuple[int, str]:
        """Its exit status and what it prints; in a terminal if there are answers to its questions."""
        status = main(arguments, ask=answers or input, terminal=answers is not None)
        return status, self._out.readouterr().out

    def listed(self, *arguments: str) -> list[dict[str, Any]]:
        """Return what lies in the queues."""
        _, printed = self("--dry-run", "--json", *arguments)
        messages: list[dict[str, Any]] = json.loads(printed)["Messages"]
        return messages

    def done(self, *arguments: str) -> tuple[int, dict[str, list[dict[str, Any]]]]:
        """Return the exit status, and what became of the messages of each queue."""
        status, printed = self("--json", *arguments)
        found: dict[str, list[dict[str, Any]]] = {}
        for message in json.loads(printed)["Messages"]:
            found.setdefault(message["Queue"], []).append(message)
        return status, found


@pytest.fixture
def redrive(lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Redrive:
    for name, value in lifecycle.aws.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Aws, "now", property(lambda _: lifecycle.clock.now()))
    redrive = Redrive(capsys)
    # What other tests have lost.
    redrive(*(word for message in redrive.listed() for word in ("--delete", message["MessageId"])))
    return redrive


def lose(lifecycle: Lifecycle) -> tuple[str, str]:
    """Lose one thing of each kind; the executions whose ends are lost, on their way to Notify and in it."""
    aws = lifecycle.aws
    lifecycle.given(REKOGNITION.script(StartSeconds=10, StopSeconds=10), LOOKOUT_VISION.script(StartSeconds=600))
    lifecycle.run({**REKOGNITION.model, "StopAfterSeconds": 600})
    ends = lifecycle.start(LOOKOUT_VISION.model)
    lifecycle.pass_time(2)
    lifecycle.given_faults({"Operation": "StartExecution", **DENIED}, {"Operation": "Invoke", **DENIED})
    lifecycle.abort(ends)
    # The lease ends, and the hour.
    lifecycle.pass_time(HOUR)
    for detail_type in ("Start Model", "Stop Model"):
        lifecycle.send(LOOKOUT_VISION.model, detail_type)
    lifecycle.settle()
    lifecycle.given_faults(
        {"Operation": "ListVersionsByFunction", **DENIED},
        {"Operation": "DescribeProjects", **DENIED},
        {"Operation": "Publish", "Error": "AuthorizationError"},
    )
    functions = aws.client("lambda")
    for name in [each["FunctionName"] for each in functions.list_functions()["Functions"]]:
        if "WatchModels" in name or "ForgetVersions" in name:
            functions.invoke(FunctionName=name, InvocationType="Event", Payload=b"{}")
    untold = lifecycle.run({"StartTimeoutSeconds": 0}).arn
    lifecycle.given_faults()
    bounce(lifecycle)
    return ends, untold


def bounce(lifecycle: Lifecycle) -> None:
    """Publish something that a mailbox does not get."""
    sns, sqs, topic = (
        lifecycle.aws.client("sns"),
        lifecycle.aws.client("sqs"),
        lifecycle.outputs["NotificationTopicArn"],
    )
    [url] = [url for url in sqs.list_queues()["QueueUrls"] if "NotificationsUndelivered" in url]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]
    let_in = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
    statements = [*json.loads(policy)["Statement"], {**let_in, "Resource": queue}]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Statement": statements})})
    redrive = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": queue})}
    asked = {"TopicArn": topic, "Protocol": "email", "Endpoint": NOBODY, "ReturnSubscriptionArn": True}
    subscription = sns.subscribe(**asked, Attributes=redrive)["SubscriptionArn"]
    sns.publish(TopicArn=topic, Subject="Stopped", Message=json.dumps(SAID), MessageStructure="json")
    sns.unsubscribe(SubscriptionArn=subscription)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


def test_everything_that_got_lost_is_put_back_and_goes_only_then(lifecycle: Lifecycle, redrive: Redrive) -> None:
    ends, untold = lose(lifecycle)
    lifecycle.forget_messages()

    # Nothing is done without leave, and what is only looked at can be looked at again.
    assert redrive()[0] == 1
    status, printed = redrive("--dry-run")
    assert status == 0
    assert [line.partition(":")[0] for line in printed.splitlines() if line[0] != " "] == QUEUES
    assert len(redrive.listed()) == 9
    assert [message["Queue"] for message in redrive.listed("--queue", "UntoldEndings")] == ["UntoldEndings"]
    with pytest.raises(OperationsError, match=r"QUEUE must be one of UndeliveredStops, .*, got Endings"):
        redrive("--queue", "Endings")

    lifecycle.given_faults({"Operation": "Publish", "Error": "AuthorizationError"})
    status, became = redrive.done("--yes")
    lifecycle.given_faults()

    outcomes = {queue: [message["Outcome"] for message in messages] for queue, messages in became.items()}
    assert (status, set(outcomes)) == (1, set(QUEUES))
    assert outcomes.pop("UndeliveredEndings") == outcomes.pop("UntoldEndings") == ["Failed"]
    assert outcomes.pop("UndeliveredMessages") == ["Kept"]
    assert {each for messages in outcomes.values() for each in messages} == {"PutBack"}
    [failed] = became["UndeliveredEndings"]
    assert "Notify" in failed["Says"]
    assert "AuthorizationError" in failed["Says"]
    [kept] = became["UndeliveredMessages"]
    assert kept["Held"].startswith("Programs are subscribed, too")
    lifecycle.settle()
    for arn in (*lifecycle.executions(), *lifecycle.stops()):
        assert lifecycle.end_of(arn).status == "SUCCEEDED"
    # The watch, which is called again too, may find the model before its stop has begun.
    assert (len(lifecycle.executions()), len(lifecycle.stops())) in ((1, 2), (1, 3))
    assert Someone(lifecycle.aws, REKOGNITION).sees() == "STOPPED"
    assert lifecycle.messages(ends) + lifecycle.messages(untold) == []

    status, became = redrive.done("--yes", "--all")

    assert [message["Outcome"] for messages in became.values() for message in messages] == ["PutBack"] * 3
    assert (status, redrive.listed()) == (0, [])
    assert [message.document["Outcome"] for message in lifecycle.messages(ends)] == ["Aborted"]
    assert [message.document["Outcome"] for message in lifecycle.messages(untold)] == ["Failed"]


def test_what_is_late_is_asked_about_one_by_one(lifecycle: Lifecycle, redrive: Redrive) -> None:
    lifecycle.given(REKOGNITION.script(), LOOKOUT_VISION.script())
    lifecycle.given_faults({"Operation": "StartExecution", **DENIED})
    lifecycle.send(LOOKOUT_VISION.model)
    lifecycle.send(REKOGNITION.model, "Stop Model")
    lifecycle.pass_time(2 * HOUR)
    lifecycle.given_faults()
    sqs = lifecycle.aws.client("sqs")
    [url] = [url for url in sqs.list_queues()["QueueUrls"] if "TriggersUndelivered" in url]
    sqs.send_message(QueueUrl=url, MessageBody="Hello")

    assert redrive("--yes")[0] == 1
    _, found = redrive.done("--yes")
    assert [message["Outcome"] for message in found["UndeliveredRequests"]] == ["Kept", "Kept", "Kept"]

    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return {"stop": "p", "star": "d"}.get(question.removeprefix("the ")[:4], "")

    status, printed = redrive(answers=answer)
    assert (status, len(asked)) == (1, 3)
    assert "asked for by event" in asked[0]
    assert "(2 h ago): [p]ut it back, [d]elete it, or [k]eep it? [K] " in asked[0]
    assert "put back: nothing to do: the model is not running (" in printed
    assert 'Stays: It is not JSON: "Hello".' in printed
    assert (lifecycle.executions(), lifecycle.stops()) == ([], [])

    [unclear] = redrive.listed()
    assert redrive("--delete", unclear["MessageId"])[0] == 0
    assert redrive() == (0, "Nothing lies in the queues.\n")


def test_an_interrupted_command_gives_back_what_it_has_not_put_back(
    lifecycle: Lifecycle, redrive: Redrive, capsys: pytest.CaptureFixture[str]
) -> None:
    bounce(lifecycle)

    def in_another_terminal(_: str) -> str:
        capsys.readouterr()
        assert redrive("--yes") == (1, "Nothing lies in the queues.\n")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        redrive(answers=in_another_terminal)
    capsys.readouterr()

    [message] = redrive.listed()
    assert message["Queue"] == "UndeliveredMessages"
    lifecycle.forget_messages()
    assert redrive("--yes", "--all")[0] == 0
    [again] = lifecycle.messages(SAID_OF.partition("#")[0])
    assert again.document["NotificationId"] == SAID_OF
