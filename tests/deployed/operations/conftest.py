"""An operator at the deployed stack of most tests."""

from pathlib import Path

import pytest

from tests.deployed.lifecycle import Lifecycle
from tests.deployed.operations.operator import Operator


@pytest.fixture
def operator(
    lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Operator:
    """Who calls its commands."""
    return Operator(lifecycle, monkeypatch, capsys, folder=tmp_path)
