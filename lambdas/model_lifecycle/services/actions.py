"""What a service's calls are to IAM: actions and resource types as the Service Authorization Reference has them."""

from collections.abc import Callable

from model_lifecycle.vocabulary.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Actions:
    """The actions of one service, and the ARNs that they are checked against.

    `namespace`: the service's word in IAM and in ARNs. `every_project`: the resource that stands for all projects.
    `looks_at` and `changes` turn a project ARN into the checked one. `look_without_resource`, `list_without_resource`:
    actions that have no resource level. `list_models`: that among them which lists the models of a project, where it is
    not `look` that does.
    """

    namespace: str
    every_project: str
    look: str
    start: str
    stop: str
    looks_at: Callable[[str], str]
    changes: Callable[[str], str]
    look_without_resource: tuple[str, ...] = ()
    list_without_resource: tuple[str, ...] = ()
    list_models: str | None = None
