"""What `make bench ARGS=lag` measures: how late the deployed app sees that a model is up."""
