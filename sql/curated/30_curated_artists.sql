-- One row per artist, in the catalog or only in the sources.
-- key: artist
-- check: artist is not null
-- export: yes
-- column artist: Artist as in the catalog, or as a source writes it.
-- column is_in_catalog: Listed in catalog/artists.csv.
-- column track_count: Tracks of the artist in catalog/tracks.csv.
-- column first_sale_month: First month (YYYY-MM) with a sale in a statement.
-- column last_sale_month: Last month (YYYY-MM) with a sale in a statement.
-- column gross_usd: Money of all statements, in USD; NULL where no statement has the artist.
-- column first_stream_date: First day with daily streams by artist.
with aliases as (
    select artist
    from staging.catalog__artists
),

tracks as (
    select artist
    from staging.catalog__tracks
    where artist is not null
),

royalty_totals as (
    select artist, first_sale_month, last_sale_month, gross_usd
    from curated.royalty_totals
    where artist is not null
),

reporters as (
    select artist, first_date
    from curated.stream_reporters
    where artist is not null
),

names as (
    select artist from aliases

    union

    select artist from tracks

    union

    select artist from royalty_totals

    union

    select artist from reporters
),

listed as (
    select artist
    from aliases
    group by artist
),

track_counts as (
    select artist, count(*)::bigint as track_count
    from tracks
    group by artist
),

money as (
    select
        artist,
        min(first_sale_month) as first_sale_month,
        max(last_sale_month) as last_sale_month,
        sum(gross_usd)::decimal(38, 12) as gross_usd
    from royalty_totals
    group by artist
),

streams as (
    select artist, min(first_date) as first_stream_date
    from reporters
    group by artist
)

select
    names.artist,
    listed.artist is not null as is_in_catalog,
    coalesce(track_counts.track_count, 0) as track_count,
    money.first_sale_month,
    money.last_sale_month,
    money.gross_usd,
    streams.first_stream_date
from names
left join listed on names.artist = listed.artist
left join track_counts on names.artist = track_counts.artist
left join money on names.artist = money.artist
left join streams on names.artist = streams.artist
