"""The names by which the deployed things are found."""

STACK = "ModelLifecycle"
START_MODEL = "start-model"
