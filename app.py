"""Read the settings, build the stack, synthesize."""

import os
import sys
from pathlib import Path

# The words of the domain (phases, errors, fields) are written once, in what runs in Lambda.
sys.path.append(str(Path(__file__).parent / "lambdas"))

from aws_cdk import App

from settings.settings import Settings, SettingsError
from stacks.model_lifecycle_stack import ModelLifecycleStack

app = App()
try:
    settings = Settings.from_context(app.node.get_all_context())
    # Of the credentials of the deploy; the command line sets them.
    settings.check_home(os.environ.get("CDK_DEFAULT_ACCOUNT"), os.environ.get("CDK_DEFAULT_REGION"))
except SettingsError as error:
    sys.exit(str(error))
ModelLifecycleStack(app, settings=settings)
app.synth()
