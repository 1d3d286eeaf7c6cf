{{ keys_are_unique({
    'journal_line': ['source_system', 'journal_line_id'],
}) }}
