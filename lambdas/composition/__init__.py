"""From the environment of a function to the objects that it works with."""
