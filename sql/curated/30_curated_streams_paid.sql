-- One row per month and whose streams they are, as in stream_growth: how many statements paid.
-- key: month, platform, artist, source, account
-- export: yes
-- column month: Month (YYYY-MM) of the streams.
-- column platform: Platform the streams happened on.
-- column artist: Artist as in the catalog; NULL where only whole accounts are known.
-- column source: Distributor that reports the whole account; NULL for artists.
-- column account: Account that is reported as a whole; NULL for artists.
-- column streams: Streams of the month, of streams_daily.
-- column is_partial: A day of the month is missing or only partly known.
-- column paid_streams: Streams that statements have paid so far; 0 if none.
-- column is_complete: Statements of the month are complete for the platform; NULL: cannot be told.
-- column usual_paid_share: Paid by counted streams of the last 12 complete months; NULL if none.
-- column usual_months: Months the usual share rests on; months with a partial day are left out.
--
-- Statements pay less than platforms count: other people's distributors, stores without money,
-- recordings under a threshold. How much less is measured here, and nowhere assumed.
with stream_growth as (
    select
        strftime(period_start, '%Y-%m') as month,
        platform,
        artist,
        source,
        account,
        streams,
        is_partial
    from curated.stream_growth
    where period = 'month'
),

revenue as (
    select sale_month, platform, artist, source, account, streams
    from curated.royalty_recordings
    where store_class = 'streaming' and platform is not null
),

rates as (
    select sale_month, platform, is_complete
    from curated.revenue_per_stream
),

paid_artists as (
    select sale_month, platform, artist, sum(streams)::bigint as streams
    from revenue
    group by sale_month, platform, artist
),

paid_accounts as (
    select sale_month, platform, source, account, sum(streams)::bigint as streams
    from revenue
    group by sale_month, platform, source, account
),

months as (
    select
        stream_growth.*,
        coalesce(
            case
                when stream_growth.artist is null then paid_accounts.streams
                else paid_artists.streams
            end,
            0
        ) as paid_streams,
        rates.is_complete
    from stream_growth
    left join paid_artists
        on stream_growth.month = paid_artists.sale_month
        and stream_growth.platform = paid_artists.platform
        and stream_growth.artist = paid_artists.artist
    left join paid_accounts
        on stream_growth.month = paid_accounts.sale_month
        and stream_growth.platform = paid_accounts.platform
        and stream_growth.source = paid_accounts.source
        and stream_growth.account = paid_accounts.account
    left join rates
        on stream_growth.month = rates.sale_month
        and stream_growth.platform = rates.platform
),

newest_complete as (
    select *
    from months
    where is_complete and not is_partial
    qualify row_number() over (
        partition by platform, artist, source, account
        order by month desc
    ) <= 12
),

usual as (
    select
        platform,
        artist,
        source,
        account,
        ratio(sum(paid_streams), sum(streams)) as paid_share,
        count(*)::bigint as month_count
    from newest_complete
    group by platform, artist, source, account
)

select
    months.month,
    months.platform,
    months.artist,
    months.source,
    months.account,
    months.streams,
    months.is_partial,
    months.paid_streams,
    months.is_complete,
    usual.paid_share as usual_paid_share,
    coalesce(usual.month_count, 0) as usual_months
from months
left join usual
    on months.platform = usual.platform
    and months.artist is not distinct from usual.artist
    and months.source is not distinct from usual.source
    and months.account is not distinct from usual.account
