"""The table of plan and status."""

from plan.table import table_lines

LINES = [(("a/1", "2"), ""), (("n" * 300, "3"), "")]


def test_a_very_long_name_moves_the_figures_of_its_own_line_alone() -> None:
    found = [line.plain for line in table_lines(("Model", "Units"), LINES, numbers=(1,), folds=0, width=None)]

    assert found == ["Model  Units", "a/1        2", f"{'n' * 300}      3"]
