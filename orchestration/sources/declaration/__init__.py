"""What a source system's `defs.yaml` may say. How a source is then read belongs in the other rooms."""
