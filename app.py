"""Read the settings, build the stack, synthesize."""

import os
import sys
from pathlib import Path
from typing import Any, cast

# The words of the domain (phases, errors, fields) are written once, in what runs in Lambda.
sys.path.append(str(Path(__file__).parent / "lambdas"))

from aws_cdk import App

from settings.settings import Settings, SettingsError
from stacks.model_lifecycle_stack import ModelLifecycleStack


def _context(app: App) -> dict[str, Any]:
    try:
        return cast("dict[str, Any]", app.node.get_all_context())
    except RecursionError as error:
        raise SettingsError("The CDK cannot read the settings: they are nested too deeply.") from error
    except Exception as error:
        # At keys that mean something to it, such as `__proto__` and `$jsii.date`, jsii fails in many ways. Of a tree of
        # reasons, the last line is the innermost.
        reason = str(error).splitlines()[-1].rpartition("─ ")[2]
        raise SettingsError(f"The CDK cannot read the settings: {reason}.") from error


app = App()
try:
    settings = Settings.from_context(_context(app))
    # Of the credentials of the deploy; the command line sets them.
    settings.check_home(os.environ.get("CDK_DEFAULT_ACCOUNT"), os.environ.get("CDK_DEFAULT_REGION"))
except SettingsError as error:
    sys.exit(str(error))
ModelLifecycleStack(app, settings=settings)
app.synth()
