-- One row per name that nothing resolves: an artist, an ISRC or a store, and what hangs on it.
-- key: kind, source, name
-- export: yes
-- column kind: artist, isrc or store.
-- column source: Source that uses the name.
-- column name: The name as the source writes it.
-- column gross_usd: Money in statement lines with this name; NULL where no statement has it.
-- column statement_streams: Streams in statement lines with this name; NULL where none has it.
-- column daily_streams: Streams in daily reports with this name, of the reporter that saw most.
-- column line_count: Statement lines with this name.
--
-- The money is counted in curated.royalties all the same, under the name as it stands here.
with royalty_totals as (
    select
        source,
        artist,
        isrc,
        store,
        platform,
        is_artist_known,
        is_track_known,
        streams,
        gross_usd,
        line_count
    from curated.royalty_totals
),

stream_months as (
    select reporter, source, artist, is_artist_known, streams
    from curated.stream_months
),

statement_names as (
    select 'artist' as kind, source, artist as name, gross_usd, streams, line_count
    from royalty_totals
    where not is_artist_known and artist is not null

    union all

    select 'isrc' as kind, source, isrc as name, gross_usd, streams, line_count
    from royalty_totals
    where not is_track_known and isrc is not null

    union all

    select 'store' as kind, source, store as name, gross_usd, streams, line_count
    from royalty_totals
    where platform is null
),

statement_totals as (
    select
        kind,
        source,
        name,
        sum(gross_usd)::decimal(38, 12) as gross_usd,
        sum(streams)::bigint as streams,
        sum(line_count)::bigint as line_count
    from statement_names
    group by kind, source, name
),

reporter_totals as (
    select reporter, source, artist as name, sum(streams)::bigint as streams
    from stream_months
    where not is_artist_known
    group by reporter, source, artist
),

daily_totals as (
    select 'artist' as kind, source, name, max(streams) as streams
    from reporter_totals
    group by source, name
)

select
    coalesce(statement_totals.kind, daily_totals.kind) as kind,
    coalesce(statement_totals.source, daily_totals.source) as source,
    coalesce(statement_totals.name, daily_totals.name) as name,
    statement_totals.gross_usd,
    statement_totals.streams as statement_streams,
    daily_totals.streams as daily_streams,
    coalesce(statement_totals.line_count, 0) as line_count
from statement_totals
full join daily_totals
    on statement_totals.kind = daily_totals.kind
    and statement_totals.source = daily_totals.source
    and statement_totals.name = daily_totals.name
