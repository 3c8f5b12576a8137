"""What an alarm does when its state changes: it publishes to topics, if their policies and keys let CloudWatch."""

import json
from typing import Any

from botocore.exceptions import ClientError

from local.account import Account
from local.iam.iam import Iam

_ACTIONS = {"ALARM": "alarm_actions", "OK": "ok_actions", "INSUFFICIENT_DATA": "insufficient_data_actions"}


def act(aws: Account, iam: Iam, alarm: Any, *, before: str) -> None:
    """Do what an alarm is to do in the state that it has now, unless it had it `before`."""
    if alarm.state_value == before or not alarm.actions_enabled:
        return
    key = iam.act_as("cloudwatch.amazonaws.com", source_arn=alarm.alarm_arn)
    for action in getattr(alarm, _ACTIONS[alarm.state_value]):
        if action.split(":")[2] != "sns":
            raise NotImplementedError(f"no action on {action}")
        client = aws.client("sns", key=key)
        subject = f'{alarm.state_value}: "{alarm.name}" in {aws.region}'[:100]
        try:
            client.publish(TopicArn=action, Subject=subject, Message=json.dumps(_told(aws, alarm, before)))
        except ClientError:
            # IAM has told that; the alarm's history alone does so in AWS.
            continue


def _told(aws: Account, alarm: Any, before: str) -> dict[str, Any]:
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": aws.account_id,
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": aws.clock.now().isoformat(),
        "Region": aws.region,
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": before,
    }
