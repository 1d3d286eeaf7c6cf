"""Dagster components that a project's `defs.yaml` files instantiate."""

from orchestration.components.source_system import SourceSystemComponent

__all__ = ["SourceSystemComponent"]
