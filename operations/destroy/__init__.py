"""`make destroy`: stop what runs, then remove the stack, and say what is left."""
