"""The result of a step, remembered in a file."""

from dataclasses import dataclass
from pathlib import Path

_UNDER_WAY = "under way"


@dataclass(frozen=True)
class Stamp:
    """Tells whether a step is done, and done from what is wanted now. An interruption at any moment leaves it true."""

    file: Path
    made_from: str
    """Everything that the step's result depends on."""

    @property
    def good(self) -> bool:
        """Whether the step was done to its end, from this."""
        return self._content == self.made_from

    @property
    def interrupted(self) -> bool:
        """Whether the step was begun and not ended: what it leaves may be half there."""
        return self._content == _UNDER_WAY

    def begin(self) -> None:
        """Note that the step is under way."""
        self._write(_UNDER_WAY)

    def end(self) -> None:
        """Note that the step is done."""
        self._write(self.made_from)

    @property
    def _content(self) -> str | None:
        return self.file.read_text(encoding="utf-8") if self.file.is_file() else None

    def _write(self, content: str) -> None:
        written = self.file.with_suffix(".written")
        written.write_text(content, encoding="utf-8")
        written.replace(self.file)
