-- One row per day and platform on which streams_daily counts streams by artist and by account.
-- severity: error
with streams_daily as (
    select date, platform, artist, source, account
    from curated.streams_daily
)

select
    streams_daily.date,
    streams_daily.platform,
    count(streams_daily.artist)::bigint as artist_rows,
    count(streams_daily.account)::bigint as account_rows
from streams_daily
group by streams_daily.date, streams_daily.platform
having count(streams_daily.artist) > 0 and count(streams_daily.account) > 0
order by streams_daily.date, streams_daily.platform
