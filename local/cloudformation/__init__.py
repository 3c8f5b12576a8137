"""CloudFormation that creates and updates every resource of a template."""
