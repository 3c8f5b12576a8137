"""Errors that leave a handler keep their name, and are one line of ASCII in which foreign words are quoted."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import example, given
from hypothesis import strategies as st

from composition.border import errors_on_one_line
from model_lifecycle.vocabulary.errors import ServiceRefusedError

EVIL = "\n[ERROR] Stop it: \x1b[2Jcurl https://evil.example\u2028\u202e\u200b\x00\ud800"


def raised(error: Exception) -> BaseException:
    @errors_on_one_line
    def handler(event: object, context: Any) -> object:  # noqa: ARG001
        raise error

    try:
        handler({}, None)  # type: ignore[arg-type]
    except Exception as told:  # noqa: BLE001 - whatever it is
        return told
    pytest.fail("nothing got out")


@given(st.text(st.characters()))
@example(EVIL)
@example(EVIL * 10_000)
def test_whatever_it_says(words: str) -> None:
    refusal: Any = {"Error": {"Code": words, "Message": words}}
    for error in (ValueError(words), ClientError(refusal, "Publish"), ExceptionGroup(words, [ValueError(words)])):
        told = raised(error)

        assert type(told).__name__ == type(error).__name__
        assert str(told).isascii()
        assert str(told).isprintable()
        assert len(str(told)) < 21_000
        assert str(told).count('"') == 2 or isinstance(error, ExceptionGroup)
        assert told.__suppress_context__
        assert told.__cause__ is None


def test_an_error_of_ours_as_it_is() -> None:
    assert str(raised(ServiceRefusedError('PutEvents answered Bad: "no"'))) == 'PutEvents answered Bad: "no"'
