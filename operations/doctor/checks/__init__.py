"""The checks, a file each: a function that reads, and pure ones that say what it means."""
