"""What the commands for operators stand on: the deployed stack, with the credentials and Region of the environment.

`arguments` reads a call of a command, `aws` makes the clients, `deployment` finds the stack, `errors` says on one line
what an operator can do nothing but mend, and `process` ends a command.
"""
