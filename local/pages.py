"""Answers that come in pages."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeVar

from local.aws_errors import AwsError

Item = TypeVar("Item")


def page_of(
    items: Sequence[Item], asked: dict[str, Any], *, error: str = "InvalidPaginationTokenException"
) -> tuple[Sequence[Item], dict[str, str]]:
    """Cut a page: at most MaxResults (100 if absent) items from NextToken on, and the token of the next page.

    Raises `AwsError` with the code `error` for a token that no page had.
    """
    first = 0
    if token := asked.get("NextToken"):
        try:
            first = int(base64.b64decode(token, validate=True))
        except (binascii.Error, ValueError) as problem:
            raise AwsError(error, "The pagination token is not valid.") from problem
    end = first + asked.get("MaxResults", 100)
    following = {"NextToken": base64.b64encode(str(end).encode()).decode()} if end < len(items) else {}
    return items[first:end], following
