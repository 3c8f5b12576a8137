"""What Service Quotas says of the vision services."""

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.acting_aws import acting_aws

RUNNING, UNITS = "L-5E225387", "L-4FA65ECB"


def test_the_scenario_s_quotas_are_the_account_s_own_and_the_others_are_aws_s_defaults() -> None:
    with acting_aws() as aws:
        aws.play(quotas={"RunningModels": 7, "InferenceUnits": 5})
        client = aws.client("service-quotas")

        own = client.get_service_quota(ServiceCode="rekognition", QuotaCode=RUNNING)["Quota"]
        assert (own["Value"], own["QuotaName"].partition(" ")[0]) == (7.0, "Concurrently")
        with pytest.raises(ClientError, match="NoSuchResource"):
            client.get_service_quota(ServiceCode="rekognition", QuotaCode=UNITS)
        default = client.get_aws_default_service_quota(ServiceCode="rekognition", QuotaCode=UNITS)["Quota"]
        assert default["Value"] == 5.0
        with pytest.raises(ClientError, match="NoSuchResource"):
            client.get_aws_default_service_quota(ServiceCode="rekognition", QuotaCode="L-00000000")
        assert client.get_service_quota(ServiceCode="vpc", QuotaCode="L-F678F1CE")["Quota"]["QuotaName"]
