-- Grain: one row per statement line and line that contains it, itself included.
with recursive

structure as (select * from {{ ref('layout_line') }}),

ancestors as (
    select
        line_code,
        line_code as ancestor_line_code,
        parent_line_code
    from structure
    union all
    select
        ancestors.line_code,
        structure.line_code as ancestor_line_code,
        structure.parent_line_code
    from ancestors
    inner join structure on ancestors.parent_line_code = structure.line_code
)

select
    line_code,
    ancestor_line_code
from ancestors
