"""Where the functions run. They can act on models of this partition, Region and account only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Home:
    """The partition, Region and account of a deployment."""

    partition: str
    region: str
    account: str

    @classmethod
    def of(cls, arn: str) -> "Home":
        """The home that an ARN names: `arn:PARTITION:SERVICE:REGION:ACCOUNT:...`."""
        _, partition, _, region, account, _ = arn.split(":", 5)
        return cls(partition, region, account)

    def __str__(self) -> str:
        return f"account {self.account}, Region {self.region}, partition {self.partition}"
