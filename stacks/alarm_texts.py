"""What operators read in an alarm: what happened, what to do, how to put messages back, and how the alarm ends."""

from typing import NamedTuple

from model_lifecycle.vocabulary.machines import START_MODEL, START_MODELS, STOP_MODEL, STOP_MODELS
from model_lifecycle.vocabulary.stage import staged
from settings.make import make_command


class _Loss(NamedTuple):
    happened: str
    to_do: str


_THEN = "`{redrive}` puts it back on its way."
_CAUSE = f"Remove the cause that the message names. Then {_THEN}"
_EXECUTION = f"Check the execution in the message, and remove the cause that the message names. Then {_THEN}"

_LOSSES = {
    "UndeliveredRequests": _Loss(
        "An event or a schedule did not start its execution, so a model may not be running, or may still be billing.",
        _CAUSE,
    ),
    "UndeliveredStops": _Loss(
        "A lease ended, but stop-model could not be started: THE MODEL MAY STILL BE BILLING.",
        f"Stop it now: {_THEN} This starts stop-model with your credentials. Then remove the cause that the message "
        "names.",
    ),
    "UndeliveredEndings": _Loss(
        "Notify did not hear of the end of an execution, so you may not have been notified of it.", _EXECUTION
    ),
    "UndeliveredMessages": _Loss(
        "A subscriber did not get a notification: the mailbox or the endpoint refused it.",
        f"Correct that subscription. Then {_THEN} Every subscriber gets it again.",
    ),
    "UndeliveredWatch": _Loss(
        "The hourly watch was not called.",
        "It is called again within the hour. If that fails as well, remove the cause that the message names. Then "
        f"{_THEN}",
    ),
    "UnwatchedModels": _Loss(
        "The watch could not check a model, or could not notify you of it, so a model may be billing unnoticed.",
        _CAUSE,
    ),
    "UnforgottenVersions": _Loss("Old versions of the functions could not be deleted. Nothing is urgent.", _CAUSE),
    "UntoldEndings": _Loss("Nobody was notified of the end of an execution.", _EXECUTION),
}
"""By the name of the alarm on new messages of a queue."""

_WHERE = "Run make in a checkout of the app, with credentials of this account and Region."

_OTHERS = {
    "FailedStarts": "An execution of {start} failed, timed out or was aborted, so a model may not be running. A "
    "notification of its own says why, and what to do. If you got none, check the executions of {start} in the Step "
    "Functions console. `{status}` shows what runs now. There is no message to put back: start the model again. This "
    "alarm ends by itself an hour after the last such end. Until then, only notifications report further ones.",
    "FailedStops": "An execution of {stop} failed, timed out or was aborted: THE MODEL MAY STILL BE BILLING. "
    "`{status}` shows whether it runs. A notification of its own says why, and how to stop it by hand. If you got "
    "none, check the executions of {stop} in the Step Functions console. There is no message to put back: start "
    "the one that failed again, with its input. This alarm ends by itself an hour after the last such end. "
    "Until then, only notifications report further ones.",
    "FunctionErrors": "A function of the model lifecycle crashed, or ran out of time or memory. Calls are repeated, "
    "so perhaps nothing is lost: what is lost raises an alarm of its own, which says how to put it back. The "
    "dashboard {dashboard} shows which function it is, its log group has the error, and `{doctor}` says what is wrong "
    "now. There is no message to put back. This alarm ends by itself an hour after the last error.",
    "FunctionThrottles": "Lambda refused to run a function of the model lifecycle: too many functions run at a "
    "time. Calls are repeated for at least a quarter of an hour, so perhaps nothing is lost: what is lost raises an "
    "alarm of its own, which says how to put it back. The dashboard {dashboard} shows which function it is. If it "
    "goes on, raise the account's quota of concurrent executions in Service Quotas, or the setting "
    "reserved_concurrency. There is no message to put back. This alarm ends by itself an hour after the last refusal.",
    "MissedWatch": "The hourly watch has not run for two hours. Until it runs, you are not notified of models that "
    "run without a lease, and a stop that did not come is not repeated. Check that the rule with Hourly in its name "
    "is enabled, and that the function WatchModels exists and may be called. `{doctor}` says what is wrong now. There "
    "is no message to put back: the next run checks everything. This alarm ends by itself within two hours of it.",
    "UnconfirmedEmails": "An address in notification_emails or alarm_emails has not been confirmed for a day, so it "
    "gets nothing. AWS forgets the request after two days. `{doctor}` names the address. Confirm it with the e-mail "
    "from AWS. If that is gone, deploy without the address, and once more with it. There is no message to put back. "
    "This alarm ends by itself within three hours of the last confirmation.",
}
"""By the name of the alarm."""


def arrival(name: str, queue: str, *, stage: str) -> str:
    """Return what is said of a message that came into a queue."""
    loss, doctor, redrive = _LOSSES[name], make_command("doctor", stage), _redrive(name, stage)
    return (
        f"{loss.happened} The message is in the queue {queue}, and `{doctor}` shows what it is about. "
        f"{loss.to_do.format(redrive=redrive)} {_WHERE} This alarm ends by itself 15 minutes after the last message. "
        "The next message raises it again."
    )


def age(name: str, queue: str, *, stage: str) -> str:
    """Return what is said of a message that has been in a queue for long."""
    loss, redrive = _LOSSES[name], _redrive(name, stage)
    return (
        f"A message has been in the queue {queue} for 10 days. SQS deletes it after 14 days, and then nobody can put "
        f"it back. It means: {loss.happened} {loss.to_do.format(redrive=redrive)} If it does not matter any more, the "
        f"same command deletes it. {_WHERE} This alarm ends by itself once no message is older than 10 days."
    )


def of(name: str, *, stage: str) -> str:
    """Return what another alarm says."""
    made = {target: make_command(target, stage) for target in ("status", "doctor")}
    machines = {
        verb: f"{one.deployed_as(stage)} or {many.deployed_as(stage)}"
        for verb, one, many in (("start", START_MODEL, START_MODELS), ("stop", STOP_MODEL, STOP_MODELS))
    }
    said = _OTHERS[name].format(**made, **machines, dashboard=staged("model-lifecycle", stage))
    what, ends, when = said.rpartition("This alarm")
    return f"{what}{_WHERE} {ends}{when}" if "`make " in what else said


def _redrive(name: str, stage: str) -> str:
    return make_command(f"redrive QUEUE={name}", stage)
