-- Fails for two files of which one's days begin within the other's.
-- Why: the same fiscal year delivered twice, under two names, would be counted twice. Take one of the files away.
{{ config(severity='error') }}
with files as (
    select batch_id, source_file, min(posted_on) as first_day, max(posted_on) as last_day
    from {{ ref('stg_SYSTEM__entry_line') }}
    group by batch_id, source_file
)

select earlier.source_file as file_a, later.source_file as file_b, later.first_day, earlier.last_day
from files as earlier
inner join files as later
    on
        earlier.batch_id <> later.batch_id
        and later.first_day between earlier.first_day and earlier.last_day
        and (earlier.first_day < later.first_day or earlier.batch_id < later.batch_id)
