"""AWS's limits on names, sizes and numbers, where moto has none."""
