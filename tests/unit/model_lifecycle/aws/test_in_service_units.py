"""How long a model version ran, by Rekognition's metric in CloudWatch."""

from datetime import timedelta
from typing import Any

from botocore.stub import Stubber

from model_lifecycle.aws.in_service_units import InServiceUnits
from model_lifecycle.model.usage import MEASURED, Datapoint
from model_lifecycle.requests.start_request import parse_request
from tests.fakes.given import DEFAULTS, HOME, after, request
from tests.fakes.stubbed import stubbed

ASKED = {
    "MetricDataQueries": [
        {
            "Id": "units",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/Rekognition",
                    "MetricName": "InServiceInferenceUnits",
                    "Dimensions": [
                        {"Name": "ProjectName", "Value": "parts"},
                        {"Name": "VersionName", "Value": "parts.2026-01-05"},
                    ],
                },
                "Period": 60,
                "Stat": "Average",
            },
        }
    ],
    "StartTime": after(0) - timedelta(days=14),
    "EndTime": after(60),
    "ScanBy": "TimestampAscending",
}


def answer(stub: Stubber, *values: float, first: int = 0, more: str | None = None, asked: Any = None) -> None:
    """Answer GetMetricData with one value a minute, from the minute of that number on."""
    moments = [after(60 * minute) for minute in range(first, first + len(values))]
    result = {"Id": "units", "Label": "any", "Timestamps": moments, "Values": list(values), "StatusCode": "Complete"}
    stub.add_response(
        "get_metric_data", {"MetricDataResults": [result], **({"NextToken": more} if more else {})}, asked
    )


def test_the_minutes_are_those_of_the_version_and_what_is_not_in_service_is_left_out() -> None:
    with stubbed("cloudwatch") as (client, stub):
        answer(stub, 0.0, 1.0, 2.0, 0.0, asked=ASKED)

        measured = InServiceUnits(client).units_in_service(request(), until=after(0))

    assert measured == [Datapoint(after(60), 1.0), Datapoint(after(120), 2.0)]


def test_the_minutes_of_every_page_count() -> None:
    with stubbed("cloudwatch") as (client, stub):
        answer(stub, 1.0, 1.0, more="more", asked=ASKED)
        answer(stub, 3.0, first=2, asked={**ASKED, "NextToken": "more"})

        measured = InServiceUnits(client).units_in_service(request(), until=after(0))

    assert [point.units for point in measured] == [1.0, 1.0, 3.0]


def test_nothing_measured_is_no_minute() -> None:
    with stubbed("cloudwatch") as (client, stub):
        stub.add_response("get_metric_data", {"MetricDataResults": []})

        assert InServiceUnits(client).units_in_service(request(), until=after(0)) == []


def test_lookout_for_vision_measures_no_such_thing_and_is_not_asked_about() -> None:
    boards = parse_request({"ProjectName": "boards", "ModelVersion": "1"}, defaults=DEFAULTS, home=HOME)
    with stubbed("cloudwatch") as (client, _):
        assert InServiceUnits(client).units_in_service(boards, until=after(0)) == []


def test_no_minute_is_asked_for_that_is_not_kept_any_more() -> None:
    assert timedelta(days=15) > MEASURED


def test_of_many_models_each_has_its_own_and_a_period_that_is_not_over_is_left_out() -> None:
    boards = parse_request({"ProjectName": "boards", "ModelVersion": "1"}, defaults=DEFAULTS, home=HOME)
    versions = [request(ProjectVersionArn=request().identity["ProjectVersionArn"] + str(place)) for place in range(501)]
    period = {"Timestamps": [after(0), after(300)], "Label": "any", "StatusCode": "Complete"}
    with stubbed("cloudwatch") as (client, stub):
        for results in (
            [{**period, "Id": "model499", "Values": [10.0, 5.0]}],
            [{**period, "Id": "model0", "Values": [0, 1]}],
        ):
            stub.add_response("get_metric_data", {"MetricDataResults": results})

        measured = InServiceUnits(client).units_of_all([boards, *versions], since=after(-60), until=after(599))

    assert {name: points for name, points in measured.items() if points} == {
        versions[499].model_id: [Datapoint(after(0), 2.0)]
    }
    assert boards.model_id not in measured
