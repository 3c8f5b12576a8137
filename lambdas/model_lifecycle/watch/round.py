"""One round of the watch: every model of every service, whatever goes wrong with one of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from model_lifecycle.model.catalog import Catalog
from model_lifecycle.services.service import Listed
from model_lifecycle.vocabulary.errors import ModelNotFoundError, ServiceUnreachableError
from model_lifecycle.vocabulary.foreign import one_line
from model_lifecycle.watch.watch import Finding

_MAX_CHARACTERS = 20_000


@dataclass(frozen=True)
class Round:
    """What was found, how often; services that are not there; and what went wrong."""

    found: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Finding, 0))
    unreachable: list[str] = field(default_factory=list)
    troubles: list[Exception] = field(default_factory=list)

    @property
    def in_words(self) -> str:
        """What went wrong, and with what. Of a group of exceptions, Lambda tells nothing but its own text."""
        told = (
            " ".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())]) for error in self.troubles
        )
        return one_line("; ".join(told), _MAX_CHARACTERS)


def look_at_all(catalogs: Mapping[str, Catalog], look: Callable[[Listed], Finding]) -> Round:
    """Look at one after the other. A service that is not there runs no models, nor does a project that is gone."""
    seen = Round()
    for service, catalog in catalogs.items():
        try:
            for project in catalog.projects():
                _look_at_project(catalog, project, look, seen)
        except ServiceUnreachableError as error:
            seen.unreachable.append(f"{service}: {error}")
        except Exception as error:  # noqa: BLE001 - it is raised after the others
            seen.troubles.append(error)
    return seen


def _look_at_project(catalog: Catalog, project: str, look: Callable[[Listed], Finding], seen: Round) -> None:
    try:
        models = catalog.models(project)
    except ModelNotFoundError:
        return
    except ServiceUnreachableError:
        raise
    except Exception as error:  # noqa: BLE001 - it is raised after the others
        seen.troubles.append(error)
        return
    for listed in models:
        try:
            seen.found[look(listed)] += 1
        except Exception as error:  # noqa: BLE001 - it is raised after the others
            error.add_note(f"This befell {listed.identity}")
            seen.troubles.append(error)
