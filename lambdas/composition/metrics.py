"""What the functions write for CloudWatch to count: lines of their logs, in its embedded metric format."""

from collections.abc import Mapping

from aws_lambda_powertools import Metrics

from model_lifecycle.vocabulary.metrics import DEPLOYMENT, ERROR, NAMESPACE, Metric, unit_of
from model_lifecycle.vocabulary.stage import event_source


class LineMetrics:
    """Writes metrics of a deployment, one line of ASCII at a time."""

    def __init__(self, stage: str) -> None:
        self._deployment = event_source(stage)
        self._metrics = Metrics(namespace=NAMESPACE, service=self._deployment)

    def write(self, values: Mapping[Metric, float]) -> None:
        """Write these values; none, no line."""
        for metric, value in values.items():
            self._metrics.add_metric(metric.value, unit_of(metric), value)
        if values:
            self._metrics.flush_metrics()

    def write_failure(self, error: str) -> None:
        """Count a failure: among all, and among those of its error."""
        self._metrics.add_dimensions(**{DEPLOYMENT: self._deployment, ERROR: error})
        self.write({Metric.FAILURES: 1})
