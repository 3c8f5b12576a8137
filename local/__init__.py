"""AWS on this machine: moto, and what it lacks, one adapter a file."""
