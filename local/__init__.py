"""The local AWS: moto, and one adapter a file for what moto lacks."""
