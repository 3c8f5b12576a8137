"""What a service's models are, apart from its API: how they are named, what their statuses mean, how one is stopped."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from model_lifecycle.services.fields import Field
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.phase import StatusMeaning

Identity: TypeAlias = Mapping[str, str]
"""The input fields that name one model, by name, as the service spells them."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service whose models bill while they run.

    `required` fields name a model, `optional` ones help to find it, `start_options` are of its start call.
    `contradictions` finds what no single field shows.
    """

    name: str
    title: str
    statuses: Mapping[str, StatusMeaning]
    required: tuple[Field, ...]
    optional: tuple[Field, ...]
    start_options: tuple[Field, ...]
    contradictions: Callable[[Identity, Home | None], list[str]]
    project: Callable[[Identity], str]
    version: Callable[[Identity], str]
    stop_command: Callable[[Identity], str]

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every input field that only this service has."""
        return self.required + self.optional + self.start_options
