"""What the commands for operators stand on: the deployed stack, with the credentials and Region of the environment.

`start` begins the process of a command and `process` ends it, `arguments` reads its call, `aws` makes its clients,
`deployment` finds the stack, and `errors` says on one line what an operator can mend.
"""
