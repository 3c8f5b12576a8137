"""What the deployment tells the watch."""

import os
from collections.abc import Mapping
from datetime import timedelta

from composition.environment import listed
from model_lifecycle.services.registry import service_named
from model_lifecycle.services.service import Service
from model_lifecycle.vocabulary.environment import (
    EMAILS,
    NOTIFICATION_TOPIC_ARN,
    PROJECT_ARNS,
    STOP_AFTER_SECONDS_UNLEASED,
    WARN_AFTER_SECONDS,
    WATCHED_SERVICES,
)
from model_lifecycle.vocabulary.folding import unfold
from model_lifecycle.watch.watch import Limits


def watched_services_from(environment: Mapping[str, str] = os.environ) -> list[Service]:
    """Return the services that are watched."""
    return [service_named(name) for name in listed(WATCHED_SERVICES, environment)]


def project_arns_from(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return the projects that are watched; none means all."""
    return unfold(environment[PROJECT_ARNS])


def limits_from(environment: Mapping[str, str] = os.environ) -> Limits:
    """Return for how long a model may run without a lease. An empty STOP_AFTER_SECONDS_UNLEASED is for ever."""
    stop_after = environment[STOP_AFTER_SECONDS_UNLEASED]
    return Limits(
        warn_after=timedelta(seconds=int(environment[WARN_AFTER_SECONDS])),
        stop_after=timedelta(seconds=int(stop_after)) if stop_after else None,
    )


def subscribed_emails_from(environment: Mapping[str, str] = os.environ) -> dict[str, int]:
    """Return of each topic, by its ARN, how many addresses it should reach."""
    pairs = (each.rpartition("=") for each in listed(EMAILS, environment))
    return {topic or environment[NOTIFICATION_TOPIC_ARN]: int(number) for topic, _, number in pairs}
