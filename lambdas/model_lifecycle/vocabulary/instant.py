"""Moments in JSON: ISO 8601 in UTC, to the millisecond, as `2026-01-05T09:00:00.000Z`."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    """Return the moment now. Handlers read it once and pass it on; nothing else reads the clock."""
    return datetime.now(UTC)


def to_instant(moment: datetime) -> str:
    """Return the moment as it is written in every JSON that this app makes."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_instant(written: str) -> datetime:
    """Return the moment that is written, as Step Functions writes it too (`$$.Execution.StartTime`)."""
    return datetime.fromisoformat(written).astimezone(UTC)
