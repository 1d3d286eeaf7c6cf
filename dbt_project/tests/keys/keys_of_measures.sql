{{ keys_are_unique({
    'operations_measure': ['measure_id', 'entity_id', 'closing_id', 'dimension', 'member'],
    'period_span': ['period_type', 'anchor_closing_id'],
    'period_window': ['period_type', 'anchor_closing_id', 'closing_id', 'over_window'],
    'source_coverage': ['source_name', 'entity_id', 'dimension', 'member', 'closing_id'],
    'source_extent': ['source_name', 'source_system', 'entity_id', 'dimension', 'member'],
}) }}
