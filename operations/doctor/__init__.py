"""Look at everything that the app needs, and say what is wrong and how to mend it."""
