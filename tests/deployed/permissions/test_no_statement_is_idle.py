"""Every statement of every policy is needed: without it, a life of the app would go otherwise."""

from tests.deployed.permissions.losses import is_felt, losses, policies_of
from tests.deployed.permissions.stories import SETTINGS, live
from tests.worlds import Worlds


def test_the_loss_of_each_statement_action_and_resource_is_felt(worlds: Worlds) -> None:
    lifecycle = worlds.deployed("permissions", SETTINGS)
    iam = lifecycle.aws.iam

    live(lifecycle)

    idle = [
        f"{loss} of {name}"
        for name, document in policies_of(lifecycle.aws).items()
        for loss, place, left in losses(document)
        if not is_felt(iam, name, place, left)
    ]
    assert idle == []
    refused = {str(refusal) for refusal in iam.refusals if "explicit deny" not in str(refusal)}
    assert refused == set()
