"""Answers that come in pages."""

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from local.api.errors import AwsError

Item = TypeVar("Item")

_MOST = 100
_NOT_VALID = "The pagination token is not valid."


def page_of(
    items: Sequence[Item], asked: dict[str, Any], *, error: str = "InvalidPaginationTokenException"
) -> tuple[Sequence[Item], dict[str, str]]:
    """Cut a page: at most MaxResults (100 if absent) items from NextToken on, and the token of the next page.

    Raises `AwsError` with the code `error` for a token that no page had.
    """
    first = 0
    if token := asked.get("NextToken"):
        try:
            first = int(_decoded(token, error))
        except ValueError as problem:
            raise AwsError(error, _NOT_VALID) from problem
    end = first + asked.get("MaxResults", _MOST)
    return items[first:end], _token(str(end)) if end < len(items) else {}


def page_after(
    items: Iterable[Item], asked: dict[str, Any], *, key: Callable[[Item], str], error: str
) -> tuple[Sequence[Item], dict[str, str]]:
    """Cut a page as `page_of` does, in the order of keys: it goes on right though items come and go between pages.

    Raises `AwsError` with the code `error` for a token that no page had.
    """
    last = _decoded(asked["NextToken"], error) if asked.get("NextToken") else ""
    left = sorted((item for item in items if key(item) > last), key=key)
    page = left[: asked.get("MaxResults", _MOST)]
    return page, _token(key(page[-1])) if len(page) < len(left) else {}


def _token(text: str) -> dict[str, str]:
    return {"NextToken": base64.b64encode(text.encode()).decode()}


def _decoded(token: str, error: str) -> str:
    try:
        return base64.b64decode(token, validate=True).decode()
    except (binascii.Error, ValueError) as problem:
        raise AwsError(error, _NOT_VALID) from problem
