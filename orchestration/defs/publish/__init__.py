"""The published mart."""
