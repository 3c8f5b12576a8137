"""`app.py` with cdk-nag's packs: a finding that nobody has acknowledged fails the synth."""

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from settings.settings import Settings
from stacks.model_lifecycle_stack import ModelLifecycleStack

app = App()
Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
ModelLifecycleStack(app, settings=Settings.from_context(app.node.get_all_context()))
app.synth()
