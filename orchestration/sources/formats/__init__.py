"""The formats of files, one module with a `source_file.Reader` per format (`*_files`), and what several of them need.

Which files there are, and where, belongs in `folders`.
"""
