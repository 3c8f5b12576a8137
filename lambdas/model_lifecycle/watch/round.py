"""One round of the watch: every model of every service, whatever goes wrong with one of them."""

from collections.abc import Callable, Mapping
from dataclasses import field

from model_lifecycle.model.catalog import Catalog
from model_lifecycle.services.service import Listed
from model_lifecycle.vocabulary.errors import ModelLifecycleError, ModelNotFoundError
from model_lifecycle.vocabulary.foreign import one_line, quoted
from model_lifecycle.vocabulary.values import dataclass
from model_lifecycle.watch.watch import Finding

_MAX_CHARACTERS = 20_000


@dataclass(frozen=True)
class Round:
    """What was found, how often; the services that are gone, with the reason; and what went wrong.

    A service is gone if AWS may have ended it, and none of its answers in this round shows that it is there.
    """

    found: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Finding, 0))
    gone: dict[str, str] = field(default_factory=dict)
    troubles: list[Exception] = field(default_factory=list)

    @property
    def in_words(self) -> str:
        """What went wrong, and with what. Of a group of exceptions, Lambda tells nothing but its own text."""
        told = (
            " ".join([f"{type(error).__name__}: {_said(error)}", *getattr(error, "__notes__", ())])
            for error in self.troubles
        )
        return one_line("; ".join(told), _MAX_CHARACTERS)


def look_at_all(catalogs: Mapping[str, Catalog], look: Callable[[Listed], Finding]) -> Round:
    """Look at one after the other. A service that is gone runs no models, nor does a project that is gone."""
    seen = Round()
    for service, catalog in catalogs.items():
        troubles: list[Exception] = []
        answered = _look_at_service(catalog, look, seen, troubles)
        if troubles and not answered and all(_perhaps_gone(trouble) for trouble in troubles):
            seen.gone[service] = str(troubles[0])
        else:
            seen.troubles.extend(troubles)
    return seen


def _look_at_service(
    catalog: Catalog, look: Callable[[Listed], Finding], seen: Round, troubles: list[Exception]
) -> bool:
    """Look at its models; whether it has answered anything but trouble."""
    try:
        projects = catalog.projects()
    except Exception as error:  # noqa: BLE001 - it is raised after the others
        troubles.append(error)
        return False
    answers = [_look_at_project(catalog, project, look, seen, troubles) for project in projects]
    return any(answers) or not catalog.knows_projects


def _look_at_project(
    catalog: Catalog, project: str, look: Callable[[Listed], Finding], seen: Round, troubles: list[Exception]
) -> bool:
    try:
        models = catalog.models(project)
    except ModelNotFoundError:
        return True
    except Exception as error:  # noqa: BLE001 - it is raised after the others
        troubles.append(error)
        return False
    for listed in models:
        try:
            seen.found[look(listed)] += 1
        except Exception as error:  # noqa: BLE001 - it is raised after the others
            error.add_note(f"It happened with {listed.identity}")
            troubles.append(error)
    return True


def _said(error: Exception) -> str:
    """Return what an error says. Ours quote what is from outside; of any other one, all words may be."""
    return str(error) if isinstance(error, ModelLifecycleError) else quoted(str(error))


def _perhaps_gone(trouble: Exception) -> bool:
    return isinstance(trouble, ModelLifecycleError) and trouble.perhaps_gone
