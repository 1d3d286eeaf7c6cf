"""One module per business process, with helpers named after their part of it; `company_run` runs them all."""
