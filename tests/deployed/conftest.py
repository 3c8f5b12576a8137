"""One deployed stack for each test process. Each test brings its own models and faults."""

from collections.abc import Iterator, Mapping

import pytest

from tests.deployed.lifecycle import Lifecycle
from tests.deployed.many_lives import Life, Lived, live
from tests.deployed.services import BOTH
from tests.worlds import Worlds

EVERY_SERVICE = {"watched_services": [service.name for service in BOTH]}


@pytest.fixture
def deployed(request: pytest.FixtureRequest, worlds: Worlds) -> Lifecycle:
    """Return the stack, with the settings that a module gives as this fixture's parameter; it watches every service."""
    settings = getattr(request, "param", None)
    if settings:
        return worlds.deployed("settings", {**EVERY_SERVICE, **settings})
    return worlds.deployed("every service", EVERY_SERVICE)


@pytest.fixture
def lifecycle(deployed: Lifecycle) -> Iterator[Lifecycle]:
    """Yield the stack, just after a look of the watch; afterwards it is as if nothing had been."""
    deployed.let_the_watch_pass()
    yield deployed
    deployed.forget()


@pytest.fixture(scope="module")
def every_lived(request: pytest.FixtureRequest, worlds: Worlds) -> Mapping[Life, Lived]:
    """Return what became of the lives of those tests of the module that are to run."""
    chosen = [item for item in request.session.items if item.path == request.path and hasattr(item, "callspec")]
    lives = [item.callspec.params["life"] for item in chosen if "life" in item.callspec.params]
    return live(worlds.deployed("every service", EVERY_SERVICE), lives)


@pytest.fixture
def lived(life: Life, every_lived: Mapping[Life, Lived]) -> Lived:
    """Return what became of the life that a test has for its parameter `life`."""
    return every_lived[life]
