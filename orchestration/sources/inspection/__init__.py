"""Looking at a source that is not declared yet, and drafting what a person would write for it.

What was seen (`found`) is kept apart from the text that is drafted of it (`*_draft`). Nothing here changes a source,
the lake or the warehouse; landing what is declared belongs in `orchestration.sources`.
"""
