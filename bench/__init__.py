"""How long the functions take to begin, beside functions that only make the same clients of AWS."""
