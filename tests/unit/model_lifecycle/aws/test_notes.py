"""What the watch has said once and for all."""

from moto import mock_aws

from model_lifecycle.aws.notes import Notes
from tests.fakes.given import after
from tests.fakes.stubbed import client_of, create_table


def test_of_those_who_ask_one_is_the_first_and_that_is_not_remembered_for_ever() -> None:
    with mock_aws():
        client = client_of("dynamodb")
        create_table(client, "told", key="NotificationId")
        notes = Notes("told", client)

        asked = [notes.is_first(once, until=after(90)) for once in ("9:00", "9:00", "10:00", "9:00", "10:00")]

        assert asked == [True, False, True, False, False]
        assert {item["ExpiresAt"]["N"] for item in client.scan(TableName="told")["Items"]} == {
            str(int(after(90).timestamp()))
        }
