"""The meanings that statuses of different services share: what each is to a start, and to a stop."""

from model_lifecycle.vocabulary.phase import Phase, StatusMeaning

CAN_START = StatusMeaning(before=Phase.STARTABLE, after=Phase.FAILED)
# Whether a failed model can be started again is not documented: before our own start, the service decides.
CAN_PERHAPS_START = StatusMeaning(before=Phase.STARTABLE, after=Phase.FAILED, refusal_is_final=True)
STOPPED = StatusMeaning(before=Phase.STARTABLE, after=Phase.FAILED, is_stop=True)
# Whether the time until it is stopped is billed is not documented: until then nobody is told that it costs nothing.
STOPS = StatusMeaning(
    before=Phase.BLOCKED,
    after=Phase.FAILED,
    stop_before=Phase.STOPPING,
    stop_after=Phase.STOPPING,
    may_bill=True,
    is_stop=True,
)
CANNOT_START_YET = StatusMeaning(before=Phase.BLOCKED, after=Phase.FAILED)
CAN_NEVER_START = StatusMeaning(before=Phase.FAILED, after=Phase.FAILED)
# Stopped before, and starting or running again: someone wants it.
COMES_UP = StatusMeaning(before=Phase.STARTING, after=Phase.STARTING, stop_before=Phase.BLOCKED, may_bill=True)
RUNS = StatusMeaning(before=Phase.RUNNING, after=Phase.RUNNING, stop_before=Phase.STOPPABLE, may_bill=True)
# An update of the system is nobody's stop: what was starting before it comes up after it.
UPDATES = StatusMeaning(
    before=Phase.BLOCKED,
    after=Phase.STARTING,
    stop_before=Phase.BLOCKED,
    stop_after=Phase.STOPPING,
    may_bill=True,
)
