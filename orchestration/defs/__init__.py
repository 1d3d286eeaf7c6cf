"""What Dagster shows: thin definitions, found by the folder."""
