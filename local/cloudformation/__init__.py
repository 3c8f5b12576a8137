"""CloudFormation that creates all of a template."""
