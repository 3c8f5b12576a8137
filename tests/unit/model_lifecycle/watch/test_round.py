"""One round of the watch: trouble with one model, project or service does not stop it."""

from collections.abc import Mapping, Sequence

import pytest

from model_lifecycle.services.service import Listed
from model_lifecycle.vocabulary.errors import (
    AccessDeniedError,
    ModelNotFoundError,
    ServiceUnavailableError,
    ServiceUnreachableError,
)
from model_lifecycle.watch.round import Round, look_at_all
from model_lifecycle.watch.watch import Finding

THROTTLED = ServiceUnavailableError("throttled", perhaps_done=False)
DENIED = AccessDeniedError("not yours")
GONE = ServiceUnreachableError("no such host")
GONE.perhaps_gone = True


class FakeCatalog:
    """A `Catalog` of those projects, each with the names of its models, or what is raised instead."""

    def __init__(self, projects: Mapping[str, list[str] | Exception] | Exception) -> None:
        self._projects = projects

    @property
    def knows_projects(self) -> bool:
        """Whether a service would not be asked for them, by a name that is a setting's."""
        return isinstance(self._projects, Mapping) and "named" in self._projects

    def projects(self) -> Sequence[str]:
        """Their names."""
        if isinstance(self._projects, Exception):
            raise self._projects
        return list(self._projects)

    def models(self, project: str) -> Sequence[Listed]:
        """Every model of one of them, by its name, which is its status, too."""
        assert not isinstance(self._projects, Exception)
        models = self._projects[project]
        if isinstance(models, Exception):
            raise models
        return [Listed({"Name": name}, name) for name in models]


def look(listed: Listed) -> Finding:
    """Return the finding that is the name of the model; with any other name, something goes wrong."""
    if listed.status == "broken":
        raise THROTTLED
    return Finding(listed.status)


@pytest.mark.parametrize(
    ("first", "troubles", "gone"),
    [
        pytest.param({"a": []}, [], False, id="nothing"),
        pytest.param({"a": ["broken", "armed"]}, [THROTTLED], False, id="of a model"),
        pytest.param({"a": DENIED, "b": ["armed"]}, [DENIED], False, id="of a project"),
        pytest.param({"a": ModelNotFoundError("gone"), "b": ["armed"]}, [], False, id="of a project that is gone"),
        pytest.param(DENIED, [DENIED], False, id="of a service"),
        pytest.param(GONE, [], True, id="of a service that is gone"),
        pytest.param({"named": GONE}, [], True, id="of named projects of a service that is gone"),
        pytest.param({"a": GONE}, [GONE], False, id="of a service that lists its projects"),
        pytest.param({"named": GONE, "b": ["armed"]}, [GONE], False, id="of a service that lists models"),
        pytest.param({"named": GONE, "b": THROTTLED}, [GONE, THROTTLED], False, id="of a service that throttles"),
    ],
)
def test_trouble_does_not_keep_it_from_the_others(
    first: Mapping[str, list[str] | Exception] | Exception, troubles: list[Exception], gone: bool
) -> None:
    seen = look_at_all({"First": FakeCatalog(first), "Second": FakeCatalog({"c": ["warned", "warned"]})}, look)

    assert (seen.troubles, seen.found[Finding.WARNED]) == (troubles, 2)
    assert seen.gone == ({"First": "no such host"} if gone else {})
    of_first = list(first.values()) if isinstance(first, Mapping) else []
    assert seen.found[Finding.ARMED] == sum(models.count("armed") for models in of_first if isinstance(models, list))


def test_what_went_wrong_is_told_with_what_it_befell() -> None:
    trouble = ServiceUnavailableError("throttled", perhaps_done=False)
    trouble.add_note("It happened with {'Name': 'broken'}")

    assert Round(troubles=[trouble, DENIED]).in_words == (
        "ServiceUnavailableError: throttled It happened with {'Name': 'broken'}; AccessDeniedError: not yours"
    )
    assert len(Round(troubles=[AccessDeniedError("x" * 900)] * 30).in_words) == 20_000


def test_a_model_that_something_befell_is_named() -> None:
    def fail(_: Listed) -> Finding:
        raise AccessDeniedError("not yours")

    assert "{'Name': 'armed'}" in look_at_all({"First": FakeCatalog({"a": ["armed"]})}, fail).in_words
