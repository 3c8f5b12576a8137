"""The one asset of all functions: `lambdas/` and the packages that Lambda's runtime does not bring.

Packages are copied from where the synth runs, at the pinned version: no network, no Docker, no second resolution.
"""

import re
import shutil
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path
from typing import cast

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk.aws_lambda import AssetCode, Code

_LAMBDAS = Path(__file__).parent.parent / "lambdas"
# Lambda's machines have no time zones of their own.
_PACKAGES = ("aws-lambda-powertools", "tzdata")
_IN_THE_RUNTIME = frozenset({"boto3", "botocore"})
# Differs from one installation of the same package to the next, and so would the asset's hash.
_INSTALLATION_RECORDS = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})


def lambda_asset() -> AssetCode:
    """Return the code of every function. Its hash is that of its content."""
    return Code.from_asset(
        str(_LAMBDAS),
        asset_hash_type=AssetHashType.OUTPUT,
        bundling=BundlingOptions(
            # Wanted by the type; the local bundling below never lets it run.
            image=DockerImage.from_registry("none"),
            local=cast("ILocalBundling", _Copies()),
        ),
    )


@jsii.implements(ILocalBundling)
class _Copies:
    def try_bundle(self, output_dir: str, _options: BundlingOptions) -> bool:
        shutil.copytree(_LAMBDAS, output_dir, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        for package in _closure(*_PACKAGES):
            _copy(package, Path(output_dir))
        return True


def _closure(*names: str) -> list[Distribution]:
    """Return the packages and what they need, without what their extras need."""
    found: dict[str, Distribution] = {}
    wanted = list(names)
    while wanted:
        name = wanted.pop()
        if name in found or name in _IN_THE_RUNTIME:
            continue
        found[name] = distribution(name)
        wanted += filter(None, map(_needed, found[name].requires or []))
    return list(found.values())


def _needed(requirement: str) -> str | None:
    """Return the package that a requirement names, unless an extra alone asks for it, or another machine than this."""
    wanted, _, marker = requirement.partition(";")
    name = re.split(r"[^\w.-]", wanted.strip(), maxsplit=1)[0]
    if not marker:
        return name
    # What installed the requiring package has evaluated the rest of the marker.
    return name if "extra" not in marker and any(distributions(name=name)) else None


def _copy(package: Distribution, target: Path) -> None:
    for file in package.files or []:
        outside = ".." in file.parts
        if outside or "__pycache__" in file.parts or file.name in _INSTALLATION_RECORDS:
            continue
        destination = target / file
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(str(file.locate())), destination)
