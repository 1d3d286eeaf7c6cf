"""Reading a source into raw batches: one room per subject, and what all of them share.

A room imports only from those below it, which import-linter holds:

    inspection                  looking at a source that is not declared yet
    landing, results            bringing the lake up to what a source holds
    apis, databases, folders    the kinds of source; none knows another
    formats                     the formats of files, and of an API's records
    rows                        columns, types and keys, and what of an extract is new
    lake                        batches, the rows that are current, quarantine
    declaration                 what a `defs.yaml` may say
    errors, sql, secrets, environment, extensions
"""
