-- One row per sale month whose money or streams differ between countries and recordings.
-- severity: error
with country_monthly as (
    select month, streams, gross_usd
    from curated.country_monthly
),

track_performance as (
    select month, statement_streams, gross_usd
    from curated.track_performance
),

countries as (
    select
        month,
        coalesce(sum(streams), 0)::bigint as streams,
        coalesce(sum(gross_usd), 0)::decimal(38, 12) as gross_usd
    from country_monthly
    group by month
),

recordings as (
    select
        month,
        coalesce(sum(statement_streams), 0)::bigint as streams,
        coalesce(sum(gross_usd), 0)::decimal(38, 12) as gross_usd
    from track_performance
    group by month
)

select
    coalesce(countries.month, recordings.month) as month,
    countries.streams as country_streams,
    recordings.streams as track_streams,
    countries.gross_usd as country_gross_usd,
    recordings.gross_usd as track_gross_usd
from countries
full join recordings on countries.month = recordings.month
where coalesce(countries.streams, 0) != coalesce(recordings.streams, 0)
    or coalesce(countries.gross_usd, 0) != coalesce(recordings.gross_usd, 0)
order by month
