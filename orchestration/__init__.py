"""Tieout: ingest, transform, audit, publish and report, as one Dagster code location."""
