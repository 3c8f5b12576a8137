"""A Monday until two in the afternoon: what the widgets of the dashboard show in their picture."""

from collections.abc import Sequence

NOTHING = [0.0] * 24
"""An hour each, until now; of days, a day each. None: nothing was measured."""

SERIES: dict[str, Sequence[float | None]] = {
    "models running": [0] * 16 + [1, 1, 2, 2, 2, 2, 1, 2],
    "USD an hour": [0] * 16 + [4, 4, 12, 12, 12, 12, 4, 12],
    "hours of the longest run": [0] * 16 + [0.9, 1.9, 2.9, 3.9, 4.9, 5.9, 6.9, 7.9],
    "half of the starts": [None] * 15 + [410, None, 620, None, None, 540, None, 470, None],
    "nine of ten": [None] * 15 + [450, None, 900, None, None, 610, None, 480, None],
    "the slowest": [None] * 15 + [460, None, 1_130, None, None, 640, None, 480, None],
    "of it unnoticed, at most": [None] * 15 + [10, None, 10, None, None, 10, None, 10, None],
    "starts": [0] * 15 + [2, 0, 4, 0, 0, 3, 0, 1, 0],
    "stops": [1] + [0] * 16 + [1, 0, 0, 1, 2, 1, 0],
    "of them failed": [0] * 17 + [2, 0, 0, 1, 0, 0, 0],
    "checks a start": [None] * 15 + [38, None, 57, None, None, 49, None, 43, None],
    "transient faults of services": [0] * 17 + [3, 0, 0, 1, 0, 0, 0],
    "UndeliveredMessages": [0] * 19 + [1, 1, 1, 0, 0],
    "WatchModels failed": [0] * 11 + [1] + [0] * 12,
    "StartModel": [None] * 15 + [610, None, 940, None, None, 580, None, 530, None],
    "CheckModel": [None] * 15 + [340, 310, 380, None, None, 330, 300, 320, None],
    "StopModel": [420] + [None] * 16 + [450, None, None, 430, 470, 410, None],
    "Notify": [380] + [None] * 14 + [410, None, 520, None, None, 400, 390, 380, None],
    "WatchModels": [900] * 15 + [1_000, 1_200, 1_200, 2_100, 2_100, 2_200, 2_100, 1_300, 2_000],
    "USD": [0, 64, 72, 68, 80, 61, 0, 0, 66, 70, 75, 90, 58, 0, 0, 71, 69, 73, 88, 60, *[0] * 8, 64, 0, 49],
}
"""By their labels. What is not here is 0 all the time, as on most days."""

SEARCHED: dict[str, dict[str, Sequence[float | None]]] = {
    "${PROP('Dim.ProjectName')}/${PROP('Dim.VersionName')}": {
        "boards/boards.2025-12-12T09.00.00": [0] * 15 + [0] + [1] * 8,
        "parts/parts.2025-11-20T16.30.00": [1] + [0] * 16 + [0, 2, 2, 2, 2, 0, 2],
    },
    "${PROP('Dim.Error')}": {
        "QuotaExceededError": [0] * 17 + [1, 0, 0, 1, 0, 0, 0],
        "StartTimedOutError": [0] * 17 + [1, 0, 0, 0, 0, 0, 0],
    },
}
"""What a search finds, by the search's label."""

THIS_MONTH = 113.0

TABLE = [
    ["model", "running_since", "inference_units", "usd_an_hour", "usd_so_far", "watch_found"],
    ["boards/boards.2025-12-12T09.00.00", "2026-01-05T06:06:00.000Z", "1", "4", "31.6", "quiet"],
    ["parts/parts.2025-11-20T16.30.00", "2026-01-05T13:20:00.000Z", "2", "8", "5.33", "armed"],
]
"""What the log of the watch says."""

IN_ALARM = frozenset({"UnwatchedModels"})
