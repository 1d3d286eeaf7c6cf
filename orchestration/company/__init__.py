"""A company's folder: what it declares, read and validated, and the rows that it becomes in the warehouse.

Belongs here: company.yaml, the CSV files beside it, calendars, statement layouts, the contract of mapping models.
Not here: reading a source (`orchestration.sources`), and what the dictionary of KPIs says (`orchestration.kpis`).
"""
