"""What operators look at, in the order in which they ask: what runs, what it costs, how starts do, what went wrong."""

from collections.abc import Mapping, Sequence

from aws_cdk import Aws, CfnCondition, Duration, Fn
from aws_cdk.aws_cloudwatch import (
    AlarmStatusWidget,
    Color,
    Dashboard,
    GraphWidget,
    GraphWidgetView,
    IAlarm,
    IMetric,
    IWidget,
    LegendPosition,
    LogQueryVisualizationType,
    LogQueryWidget,
    MathExpression,
    PeriodOverride,
    SingleValueWidget,
    Stats,
    YAxisProps,
)
from aws_cdk.aws_cloudwatch import Metric as Measured
from aws_cdk.aws_lambda import IFunction
from aws_cdk.aws_sqs import IQueue
from constructs import Construct

from model_lifecycle.vocabulary.metrics import DEPLOYMENT, ERROR, NAMESPACE, Metric
from stacks.names import Names

_WHOLE, _HALF = 24, 12
_HOUR, _DAY = Duration.hours(1), Duration.days(1)
_LONGEST_MONTH = "-P31D"
_UNITS = '{AWS/Rekognition,ProjectName,VersionName} MetricName="InServiceInferenceUnits"'
# The watch looks once an hour, and takes its time.
_SECONDS_OF_A_LOOK = 4_500
# What the log of the watch says of each model that runs, and what it is called in the table.
_OF_A_MODEL = {
    "since": "running_since",
    "units": "inference_units",
    "usd_per_hour": "usd_an_hour",
    "usd": "usd_so_far",
    "found": "watch_found",
}
_COUNT = YAxisProps(min=0, show_units=False)


class LifecycleDashboard(Dashboard):
    """The dashboard. It is the CDK's own one, so that its logical id is that of its scope and id alone."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        names: Names,
        price_per_inference_unit_hour: float,
        functions: Mapping[str, IFunction],
        watch: str,
        dead_letters: Mapping[str, IQueue],
        alarms: Sequence[IAlarm],
    ) -> None:
        """`functions`: by what they are called in graphs. `watch`: the log group of the watch."""
        ours = _Ours(names.event_source)
        super().__init__(
            scope,
            id,
            dashboard_name=_name(scope, names.dashboard),
            default_interval=Duration.days(1),
            period_override=PeriodOverride.INHERIT,
            widgets=[
                _what_runs(ours, watch),
                [_units_by_model()],
                _money(price_per_inference_unit_hour),
                [_time_to_running(ours), _starts_and_stops(ours)],
                [_failures(ours), _faults(ours)],
                [_lost(dead_letters), _alarms(alarms)],
                [_errors(functions), _durations(functions)],
            ],
        )


def _name(scope: Construct, name: str) -> str:
    """Return its name. Dashboards are of an account, not of a Region: outside of one it has the Region in its name."""
    home = CfnCondition(scope, "IsUsEast1", expression=Fn.condition_equals(Aws.REGION, "us-east-1"))
    return Fn.condition_if(home.logical_id, name, f"{name}-{Aws.REGION}").to_string()


class _Ours:
    """The metrics that the functions of this deployment write."""

    def __init__(self, deployment: str) -> None:
        self._dimensions = {DEPLOYMENT: deployment}

    def metric(self, metric: Metric, label: str, *, statistic: str, period: Duration = _HOUR) -> IMetric:
        return Measured(
            namespace=NAMESPACE,
            metric_name=metric.value,
            dimensions_map=self._dimensions,
            label=label,
            statistic=statistic,
            period=period,
        )

    def by_error(self, metric: Metric) -> IMetric:
        [(name, value)] = self._dimensions.items()
        searched = f'{{{NAMESPACE},{name},{ERROR}}} MetricName="{metric.value}" {name}="{value}"'
        return _search(searched, f"${{PROP('Dim.{ERROR}')}}", statistic="Sum", period=_HOUR)


def _search(searched: str, label: str, *, statistic: str, period: Duration) -> MathExpression:
    expression = f"SEARCH('{searched}', '{statistic}', {period.to_seconds()})"
    return MathExpression(expression=expression, label=label, using_metrics={}, period=period)


def _what_runs(ours: _Ours, watch: str) -> list[IWidget]:
    now = [
        ours.metric(Metric.RUNNING_MODELS, "models running", statistic="Maximum"),
        ours.metric(Metric.RUNNING_USD_PER_HOUR, "USD an hour", statistic="Maximum"),
        ours.metric(Metric.LONGEST_RUN_HOURS, "hours of the longest run", statistic="Maximum"),
    ]
    since_when = LogQueryWidget(
        title="What runs, and since when",
        log_group_names=[watch],
        view=LogQueryVisualizationType.TABLE,
        query_lines=[
            'filter message = "Running"',
            f"filter toMillis(@timestamp) >= (now() - {_SECONDS_OF_A_LOOK}) * 1000",
            f"stats {', '.join(f'latest({field}) as {name}' for field, name in _OF_A_MODEL.items())} by model",
            "sort running_since asc",
        ],
        width=16,
        height=6,
    )
    return [SingleValueWidget(title="Now, as the hourly watch saw it", metrics=now, width=8, height=6), since_when]


def _units_by_model() -> IWidget:
    label = "${PROP('Dim.ProjectName')}/${PROP('Dim.VersionName')}"
    return GraphWidget(
        title="Inference units in service, by model",
        left=[_search(_UNITS, label, statistic="Average", period=Duration.minutes(5))],
        stacked=True,
        left_y_axis=_COUNT,
        legend_position=LegendPosition.RIGHT,
        width=_WHOLE,
    )


def _money(price: float) -> list[IWidget]:
    # A datapoint a minute has the units of that minute.
    a_day = f"SUM(SEARCH('{_UNITS}', 'Sum', {_DAY.to_seconds()})) / 60 * {price:g}"
    month = "12 * YEAR(day) + MONTH(day)"
    days = MathExpression(expression=a_day, label="USD", using_metrics={}, period=_DAY, color=Color.ORANGE)
    so_far = MathExpression(
        # Days without any model have no datapoint, and count all the same.
        expression=f"RUNNING_SUM(IF({month} == MAX({month}), FILL(day, 0), 0))",
        label="USD",
        using_metrics={"day": days},
        period=_DAY,
    )
    return [
        GraphWidget(
            title="USD a day, for the inference units of all models",
            left=[days],
            view=GraphWidgetView.BAR,
            left_y_axis=_COUNT,
            legend_position=LegendPosition.HIDDEN,
            start=_LONGEST_MONTH,
            width=16,
        ),
        SingleValueWidget(title="USD this month (UTC)", metrics=[so_far], start=_LONGEST_MONTH, width=8, height=6),
    ]


def _time_to_running(ours: _Ours) -> IWidget:
    seconds = Metric.SECONDS_TO_RUNNING
    return GraphWidget(
        title="Time to running",
        left=[
            ours.metric(seconds, "half of the starts", statistic=Stats.percentile(50)),
            ours.metric(seconds, "nine of ten", statistic=Stats.percentile(90)),
            ours.metric(seconds, "the slowest", statistic=Stats.MAXIMUM),
            ours.metric(Metric.DETECTION_LAG, "of it unnoticed, at most", statistic=Stats.MAXIMUM),
        ],
        left_y_axis=YAxisProps(min=0, label="seconds", show_units=False),
        width=_HALF,
    )


def _starts_and_stops(ours: _Ours) -> IWidget:
    return GraphWidget(
        title="Starts and stops that ended",
        left=[
            ours.metric(Metric.STARTS, "starts", statistic=Stats.SUM),
            ours.metric(Metric.STOPS, "stops", statistic=Stats.SUM),
            ours.metric(Metric.FAILURES, "of them failed", statistic=Stats.SUM),
        ],
        left_y_axis=_COUNT,
        width=_HALF,
    )


def _failures(ours: _Ours) -> IWidget:
    return GraphWidget(
        title="Failures by reason",
        left=[ours.by_error(Metric.FAILURES)],
        view=GraphWidgetView.TIME_SERIES,
        stacked=True,
        left_y_axis=_COUNT,
        width=_HALF,
    )


def _faults(ours: _Ours) -> IWidget:
    return GraphWidget(
        title="What a start takes",
        left=[ours.metric(Metric.CHECKS, "checks a start", statistic=Stats.AVERAGE)],
        right=[ours.metric(Metric.TRANSIENT_FAULTS, "transient faults of services", statistic=Stats.SUM)],
        left_y_axis=_COUNT,
        right_y_axis=_COUNT,
        width=_HALF,
    )


def _lost(dead_letters: Mapping[str, IQueue]) -> IWidget:
    return GraphWidget(
        title="What got lost: messages in the dead-letter queues",
        left=[
            queue.metric_approximate_number_of_messages_visible(
                label=name, statistic=Stats.MAXIMUM, period=Duration.minutes(5)
            )
            for name, queue in dead_letters.items()
        ],
        left_y_axis=_COUNT,
        legend_position=LegendPosition.RIGHT,
        width=_HALF,
    )


def _alarms(alarms: Sequence[IAlarm]) -> IWidget:
    return AlarmStatusWidget(title="Alarms", alarms=alarms, width=_HALF, height=6)


def _errors(functions: Mapping[str, IFunction]) -> IWidget:
    each = Duration.minutes(5)
    return GraphWidget(
        title="Functions: errors and throttles",
        left=[function.metric_errors(label=f"{name} failed", period=each) for name, function in functions.items()]
        + [function.metric_throttles(label=f"{name} throttled", period=each) for name, function in functions.items()],
        left_y_axis=_COUNT,
        legend_position=LegendPosition.RIGHT,
        width=_HALF,
    )


def _durations(functions: Mapping[str, IFunction]) -> IWidget:
    return GraphWidget(
        title="Functions: the longest call",
        left=[
            function.metric_duration(label=name, statistic=Stats.MAXIMUM, period=Duration.minutes(5))
            for name, function in functions.items()
        ],
        left_y_axis=YAxisProps(min=0, label="milliseconds", show_units=False),
        legend_position=LegendPosition.RIGHT,
        width=_HALF,
    )
