"""What cdk-nag's packs and checkov find in what would be deployed, beyond what is acknowledged with a reason."""
