-- One row per goal of catalog/goals.csv: where it stands.
-- key: metric, artist, due_month
-- export: yes
-- column metric: streams, revenue_usd, spotify_monthly_listeners or followers of a platform.
-- column artist: Artist as in the catalog; NULL for the whole label.
-- column due_month: Month (YYYY-MM) by which the target is to be reached.
-- column target: What is to be reached: streams or US dollars of a month, else a level.
-- column current: The newest whole period's value; NULL when none is whole or money is unknown.
-- column current_period: First day of that month; the day itself for levels.
-- column progress_pct: current in percent of target, not capped; NULL when current is unknown.
-- column months_left: Months from that of the newest data to due_month; negative when it is over.
-- column status: achieved (from 100 %), on_track (75 %), behind (50 %), at_risk or cannot tell.
--
-- Streams are of the newest month in which every row of the artist, or label, is whole. Revenue is
-- gross, of the newest month that statements book it in; that is taken for whole once any source
-- tells of a later month, when as many accounts as in the month before have reported. Levels of the
-- label are the sum of each artist's newest one. Followers of two artists may be the same people.
with catalog_goals as (
    select metric, artist, target, due_month
    from staging.catalog__goals
),

aliases as (
    select alias_key, artist
    from staging.catalog__artists
    where source is null
),

stream_growth as (
    select period_start, artist, streams, is_partial
    from curated.stream_growth
    where period = 'month'
),

royalty_recordings as (
    select reporting_month, artist, gross_usd, lines_without_rate
    from curated.royalty_recordings
),

statements as (
    select reporting_month, source, account
    from curated.statements
),

data_freshness as (
    select last_date
    from curated.data_freshness
    where feed != 'royalties'
),

features_daily as (
    select
        date,
        artist,
        spotify_monthly_listeners,
        spotify_followers,
        instagram_followers,
        tiktok_followers,
        youtube_followers
    from curated.features_daily
    where not is_partial
),

goals as (
    select
        catalog_goals.* exclude (artist),
        coalesce(aliases.artist, catalog_goals.artist) as artist
    from catalog_goals
    left join aliases on name_key(catalog_goals.artist) = aliases.alias_key
),

stream_months as (
    select artist, period_start, sum(streams) as value, bool_or(is_partial) as is_partial
    from stream_growth
    where artist is not null
    group by artist, period_start

    union all

    select null as artist, period_start, sum(streams) as value, bool_or(is_partial) as is_partial
    from stream_growth
    group by period_start
),

reported as (
    select reporting_month, count(*) as account_count
    from statements
    group by reporting_month
),

data_months as (
    select month_of(last_date) as month from data_freshness

    union all

    select reporting_month as month from statements
),

newest_data as (
    select max(month) as month
    from data_months
),

whole_reports as (
    select reported.reporting_month
    from reported
    inner join newest_data on reported.reporting_month < newest_data.month
    qualify
        reported.account_count
        >= lag(reported.account_count, 1, 0) over (order by reported.reporting_month)
),

revenue_months as (
    select
        artist,
        reporting_month,
        case when sum(lines_without_rate) = 0 then coalesce(sum(gross_usd), 0) end as value
    from royalty_recordings
    where artist is not null
    group by artist, reporting_month

    union all

    select
        null as artist,
        reporting_month,
        case when sum(lines_without_rate) = 0 then coalesce(sum(gross_usd), 0) end as value
    from royalty_recordings
    group by reporting_month
),

levels as (
    select 'spotify_monthly_listeners' as metric, artist, date, spotify_monthly_listeners as value
    from features_daily

    union all

    select 'spotify_followers' as metric, artist, date, spotify_followers as value
    from features_daily

    union all

    select 'instagram_followers' as metric, artist, date, instagram_followers as value
    from features_daily

    union all

    select 'tiktok_followers' as metric, artist, date, tiktok_followers as value
    from features_daily

    union all

    select 'youtube_followers' as metric, artist, date, youtube_followers as value
    from features_daily
),

newest_levels as (
    select metric, artist, max(date) as period, arg_max(value, date) as value
    from levels
    where value is not null
    group by metric, artist
),

newest_report as (
    select max(reporting_month) as reporting_month
    from whole_reports
),

currents as (
    select
        'streams' as metric,
        artist,
        max(period_start) as period,
        arg_max(value, period_start)::decimal(24, 12) as value
    from stream_months
    where not is_partial
    group by artist

    union all

    select
        'revenue_usd' as metric,
        revenue_months.artist,
        (revenue_months.reporting_month || '-01')::date as period,
        revenue_months.value::decimal(24, 12) as value
    from revenue_months
    inner join newest_report on revenue_months.reporting_month = newest_report.reporting_month

    union all

    select metric, artist, period, value::decimal(24, 12) as value
    from newest_levels

    union all

    select
        metric,
        null as artist,
        min(period) as period,
        sum(value)::decimal(24, 12) as value
    from newest_levels
    group by metric
),

measured as (
    select
        goals.*,
        currents.value as current,
        case when currents.value is not null then currents.period end as current_period,
        100.0::double * currents.value::double / goals.target::double as progress_pct
    from goals
    left join currents
        on goals.metric = currents.metric
        and goals.artist is not distinct from currents.artist
)

select
    measured.metric,
    measured.artist,
    measured.due_month,
    measured.target,
    measured.current,
    measured.current_period,
    measured.progress_pct,
    months_between(newest_data.month, measured.due_month) as months_left,
    case
        when measured.current is null then 'cannot tell'
        when measured.current >= measured.target then 'achieved'
        when measured.current >= 0.75 * measured.target then 'on_track'
        when measured.current >= 0.5 * measured.target then 'behind'
        else 'at_risk'
    end as status
from measured
cross join newest_data
