"""Lambda that runs the deployed zip."""
