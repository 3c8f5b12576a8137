"""What the pages say of the cost of an idle stack agrees with the template."""

from tests.template.synthesized import Synthesized
from tools.idle_cost import PAGE, README, page, readme, rows_of


def test_the_cost_while_idle_is_made_from_the_template(default: Synthesized) -> None:
    rows = rows_of(default.template)

    assert rows[0].what in PAGE.read_text(encoding="utf-8")
    for path, make in ((PAGE, page), (README, readme)):
        written = path.read_text(encoding="utf-8")
        assert written == make(written, rows), "write it again: .venv/bin/python -m tools.idle_cost"
