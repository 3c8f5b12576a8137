"""The clients of AWS: made from the environment as every client takes it, paced, and patient for some seconds."""

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, cast

import boto3
from botocore.config import Config
from botocore.session import Session

from model_lifecycle.services.registry import SERVICES
from operations.errors import on_one_line
from operations.pace import Pace

_CONFIG = Config(
    connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 3, "mode": "standard"}, max_pool_connections=16
)


class Aws:
    """The account and Region of the environment. Each method raises OperationsError.

    `profile`: one of the shared configuration, instead of that of AWS_PROFILE. Clients may be used in many threads.
    """

    def __init__(self, *, profile: str | None = None) -> None:
        with on_one_line():
            # botocore knows AWS_DEFAULT_REGION alone; the CDK, the AWS CLI and all other SDKs go by AWS_REGION first.
            session = boto3.Session(
                botocore_session=_session(), profile_name=profile, region_name=os.environ.get("AWS_REGION") or None
            )
            pace = Pace()
            session.events.register("before-send", pace.before_send)
            session.events.register("response-received", pace.response_received)
            session.events.register("after-call", self._note_time)
            self._session = session
        self._ahead = timedelta()
        self.client = cache(self._client)

    @property
    def now(self) -> datetime:
        """The moment now by AWS's clock, as the last answer had it: this machine's may be wrong."""
        return datetime.now(UTC) + self._ahead

    @property
    def region(self) -> str:
        """Its name."""
        # The client's, which checked it.
        return str(self.client("cloudformation").meta.region_name)

    @property
    def partition(self) -> str:
        """`aws`, or that of the Region."""
        return str(self.client("cloudformation").meta.partition)

    def _note_time(self, http_response: Any, **_: Any) -> None:
        with suppress(ValueError, TypeError):
            self._ahead = parsedate_to_datetime(http_response.headers.get("Date")) - datetime.now(UTC)

    def _client(self, service: str, config: Config = _CONFIG) -> Any:
        """Return the client of a service, by botocore's word for it. Always the same one."""
        with on_one_line():
            return cast("Any", self._session).client(service, config=config)


def _session() -> Session:
    """Return a session that knows the services, too, whose models ship with the app."""
    session = Session()
    session.get_component("data_loader").search_paths.extend(
        str(service.service_models) for service in SERVICES if service.service_models is not None
    )
    return session
