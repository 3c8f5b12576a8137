"""docs/permissions.md agrees with the template."""

from tests.template.synthesized import Synthesized
from tools.permissions_table import PAGE, page


def test_the_page_of_permissions_is_made_from_the_template(default: Synthesized, encrypted: Synthesized) -> None:
    written = PAGE.read_text(encoding="utf-8")

    assert written == page(default.template, encrypted.template), (
        "write it anew: .venv/bin/python -m tools.permissions_table"
    )
