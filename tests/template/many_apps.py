"""`app.py` for many settings in one process: each deploy of a file gets a folder of its name."""

import json
import os
from pathlib import Path

from aws_cdk import App

from settings.settings import Settings
from stacks.model_lifecycle_stack import ModelLifecycleStack

folder = Path(os.environ.pop("CDK_OUTDIR"))
context = json.loads(os.environ.pop("CDK_CONTEXT_JSON"))
deploys = json.loads(Path(context.pop("deploys")).read_text(encoding="utf-8"))
for name, settings in deploys.items():
    app = App(context=context, outdir=str(folder / name))
    ModelLifecycleStack(app, settings=Settings.from_context(context | settings))
    app.synth()
(folder / "manifest.json").touch()
