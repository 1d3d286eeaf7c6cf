"""Work on a company's folder by a person: checking all of it (`tieout check`) and making one (`tieout init`).

Nothing here runs a company: no row is landed, and nothing is built.
"""
