"""The pictures in README.md and docs/, and the messages that they quote, made from the deployed app and its code."""
