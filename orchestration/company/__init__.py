"""A company's folder: what it declares, read and validated."""
