"""The message about models that the watch cannot look at."""

import pytest

from model_lifecycle.endings.ending import Ending
from model_lifecycle.endings.message import compose
from model_lifecycle.services.lookout_vision import LOOKOUT_VISION
from model_lifecycle.watch.not_watched import projects_elsewhere, service_gone
from tests.fakes.given import HOME, PROJECT
from tests.fakes.readable import assert_readable
from tests.fakes.told import PRICE, UTC

HOUR = "2026-01-05T09:00:00Z"
ELSEWHERE = [PROJECT.replace("us-east-1", "eu-west-1"), PROJECT.replace("parts", "bolts").replace("us-", "ap-")]


@pytest.mark.parametrize(
    ("ending", "subject", "setting"),
    [
        (
            service_gone(LOOKOUT_VISION, 'ListProjects could not connect: "No such host".', look=HOUR),
            "Not watched: Amazon Lookout for Vision",
            "watched_services",
        ),
        (projects_elsewhere(ELSEWHERE, HOME, look=HOUR), "Not watched: projects of project_arns", "project_arns"),
    ],
    ids=["a service", "projects"],
)
def test_they_are_told_with_the_setting_that_names_them(ending: Ending, subject: str, setting: str) -> None:
    message = compose(ending, price_per_inference_unit_hour=PRICE, zone=UTC, home=HOME)

    assert message.subject == subject
    assert setting in message.document["Summary"]
    assert_readable(message.subject, message.text)
    assert (message.document["MayBill"], message.document["ExecutionArn"]) == (False, None)


def test_projects_elsewhere_are_told_with_their_whole_arns() -> None:
    message = compose(
        projects_elsewhere(ELSEWHERE, HOME, look=HOUR), price_per_inference_unit_hour=PRICE, zone=UTC, home=HOME
    )

    assert all(arn in message.text and arn in message.document["Cause"] for arn in ELSEWHERE)
