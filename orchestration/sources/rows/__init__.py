"""What a source gave, on its way into a batch, whatever kind the source is.

Columns are held against the declaration (`drift`), values typed (`typed_values`), keys proved (`keys`), and of what a
database or an API gives, what is new is found (`extracts`). `reading` has what all of them share.
"""
