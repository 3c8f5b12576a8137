"""Where the functions run. They can act on models of this partition, Region and account only."""

from dataclasses import field

from model_lifecycle.vocabulary.values import dataclass


@dataclass(frozen=True)
class Home:
    """The partition, Region and account of a deployment, and its stage, which is empty if it has none."""

    partition: str
    region: str
    account: str
    stage: str = field(default="", compare=False)
    """It names what is deployed there, and says nothing of where that is."""

    @classmethod
    def of(cls, arn: str, *, stage: str = "") -> "Home":
        """Return the home that an ARN names: `arn:PARTITION:SERVICE:REGION:ACCOUNT:...`."""
        _, partition, _, region, account, _ = arn.split(":", 5)
        return cls(partition, region, account, stage)

    def __str__(self) -> str:
        return f"account {self.account}, Region {self.region}, partition {self.partition}"
