"""The one local AWS that is open in this process: tests of one world run in a row, so that each opens once."""

import gc
import json
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from shutil import make_archive
from typing import Any

import pytest

from local.clock.clock import VirtualClock
from local.commands.cdk import bootstrap
from local.iam.evaluator import Evaluator
from local.server import LocalAws
from tests.deployed.lifecycle import Lifecycle
from tests.template.synthesized import alone_in, made_once

MANY_PROCESSES = 48
"""Many lives go on at once, and some of them wait by the machine's own clock."""
BOOTSTRAPPED = "CDKToolkit"
ITS_PLACE = ("${AWS::AccountId}-${AWS::Region}", f"{LocalAws.account_id}-{LocalAws.region}")
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Worlds:
    """Opens one world at a time: the app, deployed with some settings at some moment."""

    def __init__(self, folders: pytest.TempPathFactory, evaluator: Evaluator) -> None:
        self._folders = folders
        self._evaluator = evaluator
        self._open = ExitStack()
        self._name: str | None = None
        self._lifecycle: Lifecycle | None = None

    def deployed(self, name: str, settings: Mapping[str, Any], *, begin: datetime = MONDAY) -> Lifecycle:
        """Return the world of a name: that which is open, or a new one, deployed with these settings."""
        if self._lifecycle is None or self._name != name:
            self.leave()
            assembly = made_once(name, self._folders, **settings).folder
            clock = VirtualClock(begin)
            aws = self._open.enter_context(LocalAws(clock=clock, processes=MANY_PROCESSES, evaluator=self._evaluator))
            self._bootstrap(aws)
            self._name, self._lifecycle = name, Lifecycle(aws, clock, self._deploy(aws, assembly))
            # What is there by now stays: looking through it again and again takes a twentieth of all time.
            gc.freeze()
        return self._lifecycle

    def _bootstrap(self, aws: LocalAws) -> None:
        """Let the command line do it once, and then create the same stack again: that takes a tenth of the time."""
        stacks = aws.client("cloudformation")
        with alone_in(self._folders, "bootstrapped") as folder:
            if (made := folder / "stack.json").exists():
                stacks.create_stack(**json.loads(made.read_text(encoding="utf-8")))
                return
            bootstrap(aws)
            [stack] = stacks.describe_stacks(StackName=BOOTSTRAPPED)["Stacks"]
            template = stacks.get_template(StackName=BOOTSTRAPPED)["TemplateBody"]
            again = {
                "StackName": BOOTSTRAPPED,
                "TemplateBody": template if isinstance(template, str) else json.dumps(template),
            }
            again |= {name: stack[name] for name in ("Parameters", "Tags", "Capabilities") if stack.get(name)}
            folder.mkdir()
            made.write_text(json.dumps(again), encoding="utf-8")

    def _deploy(self, aws: LocalAws, assembly: Path) -> dict[str, str]:
        """Do what the command line does, in a quarter of its time: tests of commands and of releases deploy by that."""
        buckets, stacks = aws.client("s3"), aws.client("cloudformation")
        [assets] = assembly.glob("*.assets.json")
        for key, asset in json.loads(assets.read_text(encoding="utf-8"))["files"].items():
            source = assembly / asset["source"]["path"]
            if asset["source"]["packaging"] == "zip":
                with alone_in(self._folders, key) as kept:
                    if not (zipped := kept.with_suffix(".zip")).exists():
                        make_archive(str(kept), "zip", source)
                source = zipped
            [place] = asset["destinations"].values()
            where = {"Bucket": place["bucketName"].replace(*ITS_PLACE), "Key": place["objectKey"]}
            buckets.put_object(**where, Body=source.read_bytes())
        manifest = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))
        [(name, stack)] = (
            (name, artifact["properties"])
            for name, artifact in manifest["artifacts"].items()
            if artifact["type"] == "aws:cloudformation:stack"
        )
        bucket, _, key = stack["stackTemplateAssetObjectUrl"].removeprefix("s3://").partition("/")
        stacks.create_stack(
            StackName=name,
            TemplateURL=f"{aws.endpoint_url}/{bucket.replace(*ITS_PLACE)}/{key}",
            RoleARN=stack["cloudFormationExecutionRoleArn"].replace(*ITS_PLACE).replace("${AWS::Partition}", "aws"),
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            Tags=[{"Key": key, "Value": value} for key, value in stack["tags"].items()],
            EnableTerminationProtection=stack["terminationProtection"],
        )
        [made] = stacks.describe_stacks(StackName=name)["Stacks"]
        assert made["StackStatus"] == "CREATE_COMPLETE", made
        return {output["OutputKey"]: output["OutputValue"] for output in made["Outputs"]}

    def leave(self) -> None:
        """Close what is open."""
        self._name = self._lifecycle = None
        self._open.close()
        gc.unfreeze()
