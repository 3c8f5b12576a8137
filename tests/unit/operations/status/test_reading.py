"""What of all starts under way nothing is known of."""

from operations.status.reading import not_asked
from tests.unit.operations.status.seeing import fleet


def test_a_start_of_a_fleet_is_known_though_it_is_not_asked_for_its_model() -> None:
    starts = [f"start-{number}" for number in range(60)]

    assert not_asked(starts, [fleet(under_way=tuple(starts[45:57]))]) == 3
    assert not_asked(starts[:50], []) == 0
