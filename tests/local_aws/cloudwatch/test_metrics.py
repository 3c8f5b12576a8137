"""CloudWatch: how long, and with how many inference units, each model ran."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError
from moto.cloudwatch import urls

from local.clock.clock import VirtualClock
from local.network import faults
from tests.local_aws.acting_aws import ARN, ActingAws, acting_aws

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PARTS = [{"Name": "ProjectName", "Value": "parts"}, {"Name": "VersionName", "Value": "parts.2026-01-05T09.00.00"}]
IN_SERVICE = "InServiceInferenceUnits"
RUNNING = {"ProjectVersionArn": ARN, "Status": "RUNNING"}
MINUTE, HOUR = 60, 3600


@pytest.fixture
def aws() -> Iterator[ActingAws]:
    # The test itself counts as work: time passes only where it waits.
    with acting_aws(VirtualClock(START)) as opened, opened.clock.running():
        opened.play()
        yield opened


@pytest.fixture
def cloudwatch(aws: ActingAws) -> Any:
    return aws.api("cloudwatch")


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Return a moment of the day; hours past 24 are of the next one."""
    return START.replace(hour=0) + timedelta(hours=hour, minutes=minute, seconds=second)


def query(metric: str = IN_SERVICE, *, period: int = MINUTE, stat: str = "Average", **more: Any) -> dict[str, Any]:
    """Return a query of GetMetricData."""
    named = {"Namespace": "AWS/Rekognition", "MetricName": metric, "Dimensions": PARTS}
    return {"Id": "units", "MetricStat": {"Metric": named, "Period": period, "Stat": stat}, **more}


def data(cloudwatch: Any, *queries: dict[str, Any], start: datetime, end: datetime, **more: Any) -> dict[str, Any]:
    """Ask GetMetricData, oldest first."""
    asked = {"MetricDataQueries": list(queries), "StartTime": start, "EndTime": end, "ScanBy": "TimestampAscending"}
    answer: dict[str, Any] = cloudwatch.get_metric_data(**asked | more)
    return answer


def series(cloudwatch: Any, start: datetime, end: datetime, **asked: Any) -> dict[str, float]:
    """Ask GetMetricData for one metric, and return its values by the time of day."""
    [result] = data(cloudwatch, query(**asked), start=start, end=end)["MetricDataResults"]
    moments = [moment.astimezone(UTC) for moment in result["Timestamps"]]
    return dict(zip([f"{moment:%H:%M}" for moment in moments], result["Values"], strict=True))


def statistics(cloudwatch: Any, *names: str, **asked: Any) -> list[dict[str, Any]]:
    """Ask GetMetricStatistics."""
    named = {"Namespace": "AWS/Rekognition", "MetricName": IN_SERVICE, "Dimensions": PARTS}
    datapoints: list[dict[str, Any]] = cloudwatch.get_metric_statistics(**named | {"Statistics": list(names)} | asked)[
        "Datapoints"
    ]
    return [{**found, "Timestamp": f"{found['Timestamp'].astimezone(UTC):%H:%M}"} for found in datapoints]


def test_each_whole_minute_in_which_a_model_runs_has_a_datapoint(aws: ActingAws, cloudwatch: Any) -> None:
    aws.play({"ProjectVersionArn": ARN, "StartSeconds": 90})
    rekognition = aws.api("rekognition")

    rekognition.start_project_version(ProjectVersionArn=ARN, MinInferenceUnits=2)
    aws.clock.wait(5 * MINUTE + 30)
    rekognition.stop_project_version(ProjectVersionArn=ARN)
    aws.clock.wait(4 * MINUTE + 30)
    rekognition.start_project_version(ProjectVersionArn=ARN, MinInferenceUnits=3)
    aws.clock.wait(4 * MINUTE)

    # It ran from 09:01:30 to 09:05:30, and from 09:11:30 on; now it is 09:14.
    assert series(cloudwatch, at(9), at(10)) == {"09:02": 2, "09:03": 2, "09:04": 2, "09:12": 3, "09:13": 3}


def test_a_model_that_runs_from_the_beginning_has_run_since_then(aws: ActingAws, cloudwatch: Any) -> None:
    aws.play(RUNNING)

    aws.clock.wait(2 * MINUTE)

    assert series(cloudwatch, at(8), at(10)) == {"09:00": 1, "09:01": 1}


def test_a_model_can_have_run_before_the_scenario_begins(aws: ActingAws, cloudwatch: Any) -> None:
    aws.play({**RUNNING, "RunningForSeconds": 30 * HOUR, "MinInferenceUnits": 2})

    hours = data(cloudwatch, query(period=HOUR, stat="SampleCount"), start=at(9 - 48), end=at(9))["MetricDataResults"]

    assert hours[0]["Values"] == [60] * 30
    assert hours[0]["Timestamps"][0] == at(3 - 24)
    described = aws.api("rekognition").describe_project_versions(
        ProjectArn=aws.api("rekognition").describe_projects()["ProjectDescriptions"][0]["ProjectArn"]
    )
    assert described["ProjectVersionDescriptions"][0]["Status"] == "RUNNING"


@pytest.mark.parametrize(
    ("metric", "value"),
    [(IN_SERVICE, 2), ("DesiredInferenceUnits", 2), ("MinInferenceUnits", 2), ("MaxInferenceUnits", 4)],
)
def test_every_metric_tells_its_units(aws: ActingAws, cloudwatch: Any, metric: str, value: int) -> None:
    aws.play({**RUNNING, "RunningForSeconds": MINUTE, "MinInferenceUnits": 2, "MaxInferenceUnits": 4})

    assert series(cloudwatch, at(8), at(9), metric=metric) == {"08:59": value}


@pytest.mark.parametrize("period", [MINUTE, 5 * MINUTE, HOUR])
@pytest.mark.parametrize(
    ("stat", "a_minute"), [("Average", 3), ("Maximum", 3), ("Minimum", 3), ("Sum", None), ("SampleCount", None)]
)
def test_a_period_has_the_statistic_of_its_minutes(
    aws: ActingAws, cloudwatch: Any, period: int, stat: str, a_minute: int | None
) -> None:
    aws.play({**RUNNING, "RunningForSeconds": 2 * HOUR, "MinInferenceUnits": 3})
    minutes = period // MINUTE
    expected = a_minute or {"Sum": 3 * minutes, "SampleCount": minutes}[stat]

    by_data = series(cloudwatch, at(7), at(9), period=period, stat=stat)
    by_statistics = statistics(cloudwatch, stat, StartTime=at(7), EndTime=at(9), Period=period)

    assert list(by_data.values()) == [expected] * (120 // minutes)
    assert {found["Timestamp"]: found[stat] for found in by_statistics} == by_data


def test_a_period_shorter_than_a_minute_has_what_was_measured_at_its_beginning(aws: ActingAws, cloudwatch: Any) -> None:
    aws.play({**RUNNING, "RunningForSeconds": 2 * MINUTE})

    assert series(cloudwatch, at(8), at(9), period=10, stat="Sum") == {"08:58": 1, "08:59": 1}


def test_the_first_moment_is_asked_for_and_the_last_is_not(aws: ActingAws, cloudwatch: Any) -> None:
    aws.play({**RUNNING, "RunningForSeconds": HOUR})

    assert list(series(cloudwatch, at(8, 10), at(8, 12))) == ["08:10", "08:11"]
    assert list(series(cloudwatch, at(8, 10, 59), at(8, 12, 1))) == ["08:10", "08:11", "08:12"]
    assert [
        found["Timestamp"] for found in statistics(cloudwatch, "Sum", StartTime=at(8, 10), EndTime=at(8, 12), Period=60)
    ] == ["08:10", "08:11"]


def test_periods_count_from_the_first_moment(aws: ActingAws, cloudwatch: Any) -> None:
    aws.play({**RUNNING, "RunningForSeconds": 50 * MINUTE})

    assert series(cloudwatch, at(7, 30), at(9), period=HOUR, stat="SampleCount") == {"07:30": 20, "08:30": 30}


@pytest.mark.parametrize(
    "dimensions",
    [
        [],
        PARTS[:1],
        [*PARTS, {"Name": "Operation", "Value": "DetectCustomLabels"}],
        [PARTS[0], {**PARTS[1], "Value": "other"}],
    ],
)
def test_other_dimensions_are_another_metric(aws: ActingAws, cloudwatch: Any, dimensions: list[dict[str, str]]) -> None:
    aws.play({**RUNNING, "RunningForSeconds": HOUR})
    other = query()
    other["MetricStat"]["Metric"]["Dimensions"] = dimensions

    [result] = data(cloudwatch, other, start=at(8), end=at(9))["MetricDataResults"]

    assert (result["Values"], result["StatusCode"]) == ([], "Complete")
    assert statistics(cloudwatch, "Sum", Dimensions=dimensions, StartTime=at(8), EndTime=at(9), Period=60) == []


@pytest.mark.parametrize(("period", "days"), [(MINUTE, 15), (5 * MINUTE, 63), (HOUR, 64)])
def test_what_is_old_is_there_by_coarser_periods_alone(aws: ActingAws, cloudwatch: Any, period: int, days: int) -> None:
    aws.play({**RUNNING, "RunningForSeconds": 64 * 24 * HOUR})
    around = {"start": START - timedelta(days=days + 1), "end": START - timedelta(days=days - 1)}

    [result] = data(cloudwatch, query(period=period), **around)["MetricDataResults"]

    assert result["Timestamps"][0] == START - timedelta(days=days)


@pytest.mark.parametrize(("days", "first"), [(14, "08:52"), (16, "08:50"), (64, "08:00")])
def test_the_older_the_first_moment_the_coarser_it_is_rounded(
    aws: ActingAws, cloudwatch: Any, days: int, first: str
) -> None:
    aws.play({**RUNNING, "RunningForSeconds": 65 * 24 * HOUR})
    past = timedelta(days=days)

    assert list(series(cloudwatch, at(8, 52, 30) - past, at(8, 53) - past, period=HOUR)) == [first]


def test_pages_have_all_datapoints_in_order(aws: ActingAws, cloudwatch: Any) -> None:
    aws.play({**RUNNING, "RunningForSeconds": 5 * MINUTE, "MinInferenceUnits": 2})
    queries = [query(), query(metric="Nothing", Id="none"), query(Id="most", metric="MaxInferenceUnits", Label="Most")]

    pages = []
    token: dict[str, str] = {}
    while True:
        page = data(cloudwatch, *queries, start=at(8), end=at(9), MaxDatapoints=3, **token)
        pages.append([(found["Id"], len(found["Values"]), found["StatusCode"]) for found in page["MetricDataResults"]])
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}

    assert pages == [
        [("units", 3, "PartialData"), ("none", 0, "Complete")],
        [("units", 2, "Complete"), ("most", 1, "PartialData")],
        [("most", 3, "PartialData")],
        [("most", 1, "Complete")],
    ]
    assert [found["Label"] for found in page["MetricDataResults"]] == ["Most"]


def test_the_newest_comes_first_unless_it_is_to_come_last(aws: ActingAws, cloudwatch: Any) -> None:
    aws.play({**RUNNING, "RunningForSeconds": 3 * MINUTE})
    asked = {"MetricDataQueries": [query()], "StartTime": at(8), "EndTime": at(9)}

    [newest] = cloudwatch.get_metric_data(**asked)["MetricDataResults"]
    [oldest] = cloudwatch.get_metric_data(**asked, ScanBy="TimestampAscending")["MetricDataResults"]

    assert newest["Timestamps"] == oldest["Timestamps"][::-1] == [at(8, 59), at(8, 58), at(8, 57)]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"StartTime": at(9)}, "ValidationError"),
        ({"NextToken": "mine"}, "InvalidNextToken"),
        ({"MetricDataQueries": [query(period=90)]}, "ValidationError"),
        ({"MetricDataQueries": [query(stat="p99")]}, "ValidationError"),
        ({"MetricDataQueries": [query(), query(metric="MinInferenceUnits")]}, "ValidationError"),
        ({"MetricDataQueries": [{"Id": "sum", "Expression": "units * 4"}]}, "ValidationError"),
    ],
)
def test_data_that_cannot_be_had_are_refused(cloudwatch: Any, wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as error:
        cloudwatch.get_metric_data(**{"MetricDataQueries": [query()], "StartTime": at(8), "EndTime": at(9), **wrong})

    assert error.value.response["Error"]["Code"] == code
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"StartTime": at(9)}, "InvalidParameterValue"),
        ({"StartTime": at(8 - 24)}, "InvalidParameterCombination"),
        ({"Statistics": None}, "InvalidParameterCombination"),
        ({"Period": 90}, "InvalidParameterValue"),
    ],
)
def test_statistics_that_cannot_be_had_are_refused(aws: ActingAws, wrong: dict[str, Any], code: str) -> None:
    cloudwatch = aws.api("cloudwatch", parameter_validation=False)
    named = {"Namespace": "AWS/Rekognition", "MetricName": IN_SERVICE, "Statistics": ["Sum"]}
    asked = named | {"StartTime": at(8), "EndTime": at(9), "Period": 60} | wrong

    with pytest.raises(ClientError) as error:
        cloudwatch.get_metric_statistics(**{name: value for name, value in asked.items() if value is not None})

    assert error.value.response["Error"]["Code"] == code


def test_as_many_statistics_as_there_may_be_are_given(aws: ActingAws, cloudwatch: Any) -> None:
    aws.play({**RUNNING, "RunningForSeconds": 48 * HOUR})

    assert len(statistics(cloudwatch, "Sum", StartTime=at(9 - 24), EndTime=at(9), Period=60)) == 1_440


def test_metrics_are_listed_by_what_they_have(aws: ActingAws, cloudwatch: Any) -> None:
    stopped = {"ProjectVersionArn": ARN.replace("parts", "boards")}
    aws.play({**RUNNING, "RunningForSeconds": HOUR}, stopped)

    def listed(**asked: Any) -> set[str]:
        return {found["MetricName"] for found in cloudwatch.list_metrics(**asked)["Metrics"]}

    every = {IN_SERVICE, "DesiredInferenceUnits", "MinInferenceUnits", "MaxInferenceUnits"}
    assert listed() == listed(Namespace="AWS/Rekognition") == listed(Dimensions=[{"Name": "ProjectName"}]) == every
    assert listed(MetricName=IN_SERVICE, Dimensions=PARTS) == {IN_SERVICE}
    assert listed(Namespace="AWS/Lambda") == listed(Dimensions=[{"Name": "ProjectName", "Value": "boards"}]) == set()
    [found] = cloudwatch.list_metrics(MetricName=IN_SERVICE)["Metrics"]
    assert found["Dimensions"] == PARTS


def test_a_metric_without_recent_data_is_not_listed(aws: ActingAws, cloudwatch: Any) -> None:
    aws.play({**RUNNING, "RunningForSeconds": HOUR})
    aws.api("rekognition").stop_project_version(ProjectVersionArn=ARN)
    cloudwatch.put_metric_data(Namespace="Mine", MetricData=[{"MetricName": "Costs", "Value": 4}])

    aws.clock.wait(4 * HOUR)
    assert len(cloudwatch.list_metrics()["Metrics"]) == 5
    assert cloudwatch.list_metrics(RecentlyActive="PT3H")["Metrics"] == []
    aws.clock.wait(14 * 24 * HOUR)
    assert cloudwatch.list_metrics()["Metrics"] == []


def test_what_is_put_is_read_in_the_same_way(aws: ActingAws, cloudwatch: Any) -> None:
    def put(**datum: Any) -> None:
        cloudwatch.put_metric_data(Namespace="Mine", MetricData=[{"MetricName": "Costs", **datum}])

    put(Value=4, Timestamp=at(8, 10))
    put(StatisticValues={"SampleCount": 3, "Sum": 12, "Minimum": 1, "Maximum": 8}, Timestamp=at(8, 11))
    put(Value=7, Unit="None")
    put(Value=1, Dimensions=[{"Name": "Of", "Value": "that"}], Timestamp=at(8, 10))
    aws.clock.wait(1)

    mine = {"Namespace": "Mine", "MetricName": "Costs", "Dimensions": []}
    every = ("Average", "Maximum", "Minimum", "SampleCount", "Sum")
    first, second = statistics(cloudwatch, *every, **mine, StartTime=at(8), EndTime=at(10), Period=HOUR)

    assert [first[name] for name in ("Timestamp", *every)] == ["08:00", 4, 8, 1, 4, 16]
    assert [second[name] for name in ("Timestamp", "Sum")] == ["09:00", 7]
    assert statistics(cloudwatch, "Sum", **mine, StartTime=at(8), EndTime=at(10), Period=60, Unit="Bytes") == []


def test_faults_befall_the_reading_of_metrics(aws: ActingAws, cloudwatch: Any) -> None:
    aws.play(
        {**RUNNING, "RunningForSeconds": MINUTE},
        faulty=[
            {"Operation": "GetMetricData", "Error": "Throttling", "Times": 1},
            {"Operation": "ListMetrics", "Error": "InternalServiceFault", "Times": 1},
        ],
    )

    with pytest.raises(ClientError) as throttled:
        series(cloudwatch, at(8), at(9))
    with pytest.raises(cloudwatch.exceptions.InternalServiceFault):
        cloudwatch.list_metrics()

    assert throttled.value.response["Error"]["Code"] == "Throttling"
    assert series(cloudwatch, at(8), at(9)) == {"08:59": 1}
    assert [call.outcome for call in faults.calls("GetMetricData")] == ["Throttling", "OK"]


def test_the_aws_command_line_reads_metrics(aws: ActingAws) -> None:
    aws.play({**RUNNING, "RunningForSeconds": 90 * MINUTE, "MinInferenceUnits": 2})

    def run(*command: str) -> Any:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "awscli", "cloudwatch", *command, "--output", "json"],
            env=aws.environment() | {"PATH": os.defpath},
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    dimensions = [f"Name={found['Name']},Value={found['Value']}" for found in PARTS]
    time = ("--start-time", "2026-01-05T07:00:00Z", "--end-time", "2026-01-05T09:00:00Z")
    metric = ("--namespace", "AWS/Rekognition", "--metric-name", IN_SERVICE, "--dimensions", *dimensions)
    found = run("get-metric-statistics", *metric, *time, "--period", "3600", "--statistics", "Maximum", "SampleCount")
    data = run("get-metric-data", *time, "--metric-data-queries", json.dumps([query(period=HOUR, stat="Sum")]))

    assert [(point["Maximum"], point["SampleCount"]) for point in found["Datapoints"]] == [(2, 30), (2, 60)]
    assert data["MetricDataResults"][0]["Values"] == [120, 60]


def test_clients_of_the_older_protocol_are_answered_in_it(aws: ActingAws) -> None:
    aws.play({**RUNNING, "RunningForSeconds": MINUTE})
    asked = {"Action": "GetMetricStatistics", "Version": "2010-08-01", "Namespace": "AWS/Rekognition", "Period": "60"}
    asked |= {"MetricName": IN_SERVICE, "Statistics.member.1": "Sum"}
    asked |= {"StartTime": at(8).isoformat(), "EndTime": at(9).isoformat()}
    for number, found in enumerate(PARTS, start=1):
        asked |= {f"Dimensions.member.{number}.{name}": value for name, value in found.items()}
    connection = HTTPConnection("localhost", aws.port)
    scope = "Credential=local/20260105/us-east-1/monitoring/aws4_request"
    connection.request(
        "POST",
        "/",
        urlencode(asked),
        {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"AWS4-HMAC-SHA256 {scope}"},
    )
    answer = connection.getresponse().read().decode()
    connection.close()

    assert answer.count("<Sum>1.0</Sum>") == 1
    assert "<Timestamp>2026-01-05T08:59:00Z</Timestamp>" in answer


def test_moto_serves_cloudwatch_at_the_one_address_that_is_replaced() -> None:
    assert list(urls.url_paths) == ["{0}/$"]
