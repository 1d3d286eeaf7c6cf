"""Folders of files, on this computer or elsewhere: which files are a table, fetching them, and making batches of them.

Landing begins in `file_batches`; where a folder is, is decided in `places`. Reading a format belongs in `formats`.
"""
