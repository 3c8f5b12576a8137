"""The page that shows every kind of message."""

from model_lifecycle.endings.outcome import Outcome
from tests.deployed.endings.every_message import PAGE, page, tell_everything
from tests.deployed.lifecycle import Lifecycle
from tests.fakes.readable import assert_no_duration_twice, assert_readable


def test_the_page_of_messages_is_current_and_each_can_be_read_at_once(lifecycle: Lifecycle) -> None:
    messages = list(tell_everything(lifecycle))

    for _, _, told in messages:
        assert_readable(told.subject, told.text)
        assert_no_duration_twice(told.text)
    assert {kind.shows for _, kind, _ in messages} == set(Outcome)
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(iter(messages)), "write it anew: .venv/bin/python -m tests.deployed.endings.every_message"
