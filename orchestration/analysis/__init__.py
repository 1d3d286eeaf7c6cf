"""Pure functions over numbers: rounding, variance, bridges, control limits. No I/O, nothing of the project imported."""
