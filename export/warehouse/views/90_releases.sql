-- One row per release.
select 1 as n
