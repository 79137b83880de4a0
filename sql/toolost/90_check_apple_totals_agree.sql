-- One row per picture of an Apple Music year whose days, tracks or countries miss its own total.
-- severity: warn
--
-- The portal prints the total itself, and all three lists have always added up to it. Days are held
-- against the newest picture of their year only: older pictures were taken before the later days.
with totals as (
    select account, captured_on, streams
    from staging.toolost__apple_totals
),

days as (
    select account, date, streams
    from staging.toolost__apple_daily
),

tracks as (
    select account, captured_on, streams
    from staging.toolost__apple_tracks
),

countries as (
    select account, captured_on, streams
    from staging.toolost__apple_countries
),

newest_of_year as (
    select *
    from totals
    qualify row_number() over (
        partition by account, year(captured_on)
        order by captured_on desc
    ) = 1
),

compared as (
    select
        newest_of_year.account,
        newest_of_year.captured_on,
        'days' as list,
        newest_of_year.streams as stated,
        coalesce(sum(days.streams), 0)::bigint as added_up
    from newest_of_year
    left join days
        on newest_of_year.account = days.account
        and year(newest_of_year.captured_on) = year(days.date)
    group by newest_of_year.account, newest_of_year.captured_on, newest_of_year.streams
    union all by name
    select
        totals.account,
        totals.captured_on,
        'tracks' as list,
        totals.streams as stated,
        coalesce(sum(tracks.streams), 0)::bigint as added_up
    from totals
    left join tracks
        on totals.account = tracks.account
        and totals.captured_on = tracks.captured_on
    group by totals.account, totals.captured_on, totals.streams
    union all by name
    select
        totals.account,
        totals.captured_on,
        'countries' as list,
        totals.streams as stated,
        coalesce(sum(countries.streams), 0)::bigint as added_up
    from totals
    left join countries
        on totals.account = countries.account
        and totals.captured_on = countries.captured_on
    group by totals.account, totals.captured_on, totals.streams
)

select
    compared.account,
    compared.captured_on,
    compared.list,
    compared.stated,
    compared.added_up
from compared
where compared.stated != compared.added_up
order by all
