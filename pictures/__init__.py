"""The pictures of README.md and docs/, and what they quote of messages: made of what is deployed and of its code."""
