"""The source systems of the company."""
