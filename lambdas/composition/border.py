"""What gets out of a handler that fails: Lambda writes it into the log as it is, and answers it to the caller."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from aws_lambda_powertools.utilities.typing import LambdaContext

from model_lifecycle.vocabulary.errors import ModelLifecycleError
from model_lifecycle.vocabulary.foreign import one_line, quoted

_MOST_CHARACTERS = 20_000
Event = TypeVar("Event")
Answer = TypeVar("Answer")


def errors_on_one_line(handler: Callable[[Event, LambdaContext], Answer]) -> Callable[[Event, LambdaContext], Answer]:
    """Raise what the handler raises, under the same name and with the same traceback, on one line of ASCII.

    Our own errors quote what is from outside. Of any other error all words may be.
    """

    @wraps(handler)
    def bordered(event: Event, context: LambdaContext) -> Answer:
        try:
            return handler(event, context)
        except Exception as error:  # noqa: BLE001 - it is raised in other words
            ours = isinstance(error, ModelLifecycleError | ExceptionGroup)
            words = str(error).encode("ascii", "backslashreplace").decode()
            kind = type(type(error).__name__, (Exception,), {})
            told = kind((one_line if ours else quoted)(words, _MOST_CHARACTERS))
            raise told.with_traceback(error.__traceback__) from None

    return bordered
