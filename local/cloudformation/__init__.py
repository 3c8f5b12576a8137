"""CloudFormation that creates and updates all of a template."""
