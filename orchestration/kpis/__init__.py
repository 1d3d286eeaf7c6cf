"""The KPI dictionary: load it, validate it, hand it to the warehouse, and document it."""
