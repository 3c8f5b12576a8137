"""What was measured: the samples of each metric, in order."""

import threading
from bisect import bisect_left, insort
from datetime import datetime

from local.api.measurement import Metric
from local.cloudwatch.datapoints import Sample


class Recorded:
    """Keeps samples; what is of one moment becomes one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._samples: dict[Metric, dict[datetime, Sample]] = {}
        self._moments: dict[Metric, list[datetime]] = {}

    def add(self, metric: Metric, sample: Sample) -> None:
        """Keep one more."""
        with self._lock:
            samples = self._samples.setdefault(metric, {})
            if before := samples.get(sample.moment):
                sample = before.with_(sample)
            else:
                insort(self._moments.setdefault(metric, []), sample.moment)
            samples[sample.moment] = sample

    def samples(self, metric: Metric, since: datetime, until: datetime) -> list[Sample]:
        """Return those of a time, without its end."""
        with self._lock:
            moments = self._moments.get(metric, [])
            found = moments[bisect_left(moments, since) : bisect_left(moments, until)]
            return [self._samples[metric][moment] for moment in found]

    def since(self, moment: datetime) -> set[Metric]:
        """Return the metrics that have any."""
        with self._lock:
            return {metric for metric, moments in self._moments.items() if moments[-1] >= moment}
