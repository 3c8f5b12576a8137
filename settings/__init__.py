"""The settings of a deploy: flat context keys, checked. Knows nothing of the CDK."""
