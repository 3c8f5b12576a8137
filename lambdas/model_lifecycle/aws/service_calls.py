"""The only caller of the services whose models are started and stopped."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from botocore import xform_name

from model_lifecycle.aws.service_errors import service_errors


class ServiceCalls:
    """The `Calls` of one service through its client of botocore."""

    def __init__(self, client: Any, *, where_unreachable: str = "") -> None:
        self._client = client
        self._where_unreachable = where_unreachable
        self._operation = ""

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Return the answer; what goes wrong is for `errors` to tell."""
        self._operation = operation
        answer: dict[str, Any] = getattr(self._client, xform_name(operation))(**parameters)
        return answer

    def pages(self, operation: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Return the answers, as they are asked for."""
        self._operation = operation
        yield from self._client.get_paginator(xform_name(operation)).paginate(**parameters)

    def errors(self) -> AbstractContextManager[None]:
        """Raise what goes wrong inside as the errors of `vocabulary.errors`, which name the operation called last."""
        return service_errors(lambda: self._operation, where_unreachable=self._where_unreachable)
