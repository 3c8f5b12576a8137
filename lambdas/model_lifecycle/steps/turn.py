"""Wait for one's turn: of several starts that wait for a place, the one that asked first gets it first."""

from dataclasses import replace
from datetime import datetime, timedelta

from model_lifecycle.model.line import Line, Lines, Waiter
from model_lifecycle.steps.standing import Standing
from model_lifecycle.steps.start_progress import StartProgress
from model_lifecycle.vocabulary.errors import ModelLifecycleError, ServiceUnavailableError
from model_lifecycle.vocabulary.phase import Phase


class Turn:
    """What one step has to do with the line. No error of `Lines` gets out."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._line = Line()
        self._standing: Standing | None = None
        self._attempt = 0
        self._passes = False

    def awaited(self, progress: StartProgress, *, now: datetime) -> StartProgress:
        """Return the same progress if it may ask now; else it waits behind others."""
        try:
            self._line = self._lines.read(progress.request)
        except ServiceUnavailableError as error:
            return progress.hindered(error, now=now)
        except ModelLifecycleError:
            # Nobody is to wait for a line that cannot be read for good.
            self._line = Line()
        came = progress.standing or Standing(since=self._place(progress, now))
        ahead = self._line.ahead_of(progress.execution_arn, came.since, now=now)
        of_others = [each.model for each in ahead if each.model != _model(progress)]
        self._standing = came.seeing(of_others, ahead)
        self._attempt = progress.attempt
        if not ahead:
            return progress
        if self._line.lets_pass(ahead, now=now):
            self._passes = True
            return progress
        return progress.behind(self._standing, of_others, now=now)

    def taken(self, progress: StartProgress, *, now: datetime) -> StartProgress:
        """Return the progress with its place in line, if it waits for one in the quota."""
        if self._standing is None or not progress.at_full_quota:
            return progress
        refused = progress.attempt != self._attempt
        return replace(
            progress, standing=replace(self._standing, refused_at=now if refused else self._standing.refused_at)
        )

    def kept(self, progress: StartProgress, *, now: datetime) -> StartProgress:
        """Stand in line as long as the start waits for a place; leave when it has one, or gives up.

        What cannot be written makes no difference for long: who was not there for minutes is passed.
        """
        standing = progress.standing
        if standing is None or standing.until is not None:
            if self._passes and progress.asked:
                self._leave(progress, now)
            return progress
        if progress.waits_in_line:
            self._enter(progress, standing, now)
            return progress
        if progress.phase is Phase.BLOCKED:
            # Something else keeps it from asking. It comes back to its place, for which nobody is to wait for long.
            if self._line.waits_in_vain_for(progress.execution_arn, now=now):
                self._leave(progress, now)
            return progress
        self._leave(progress, now)
        return replace(progress, standing=replace(standing, until=now))

    def _place(self, progress: StartProgress, now: datetime) -> datetime:
        """Return what its place goes by: when the execution began, or when it could ask at last."""
        before = self._line.place_of(progress.execution_arn)
        return before or progress.startable_since or now

    def _enter(self, progress: StartProgress, standing: Standing, now: datetime) -> None:
        waiter = Waiter(
            execution_arn=progress.execution_arn,
            project=progress.request.project,
            version=progress.request.version,
            since=standing.since,
            seen_at=now,
            returns_at=now + timedelta(seconds=progress.next_check_seconds or 0),
            refused_at=standing.refused_at,
        )
        probed_at = now if self._passes and standing.refused_at == now else None
        try:
            if self._line.has_room(now) or self._line.place_of(progress.execution_arn):
                self._lines.enter(progress.request, waiter, forget=self._line.forgotten(now), probed_at=probed_at)
        except ModelLifecycleError:
            return

    def _leave(self, progress: StartProgress, now: datetime) -> None:
        passed_at = now if self._passes and progress.asked else None
        try:
            self._lines.leave(progress.request, progress.execution_arn, passed_at=passed_at)
        except ModelLifecycleError:
            return


def _model(progress: StartProgress) -> str:
    return f"{progress.request.project}/{progress.request.version}"
