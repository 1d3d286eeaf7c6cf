"""The raw lake: what has landed, which of its rows are current, and what is in quarantine."""
