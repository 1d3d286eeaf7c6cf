-- Grain: one row per nothing: what unit tests take for the mapping model of a table of the contract.
select 1 as row_number
where 1 = 0
