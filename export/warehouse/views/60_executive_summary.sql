-- One row per month: streams, money, ads and following of the whole label, as far as each is known.
-- column month: Month (YYYY-MM) of the streams, of the sales, of the ads and of the following.
-- column streams: Streams of the label on all platforms.
-- column is_streams_partial: A day or somebody's number is missing in streams.
-- column gross_usd: Money of all statements so far for sales of the month, USD; of lines with a rate.
-- column net_usd: The owner's part of it, USD, of lines whose share is known.
-- column lines_without_rate: Statement lines whose money is in no sum in dollars.
-- column is_revenue_complete: The usual lag has passed for all stores of the month.
-- column paid_streams: Streams that statements pay.
-- column ad_spend_usd: Money spent on ads, USD; NULL if a part of it has no rate.
-- column is_ads_partial: A day of the ads is not finished.
-- column net_followers: Followers at the end less those at the beginning of the month, over all profiles.
-- column is_following_partial: The month of a profile is not whole.
with streams as (
    select month, sum(streams) as streams, bool_or(is_partial) as is_partial
    from curated.platform_preference
    where artist is null
    group by month
),

revenue as (
    select
        sale_month as month,
        sum(gross_usd) as gross_usd,
        sum(net_usd) as net_usd,
        sum(lines_without_rate) as lines_without_rate,
        bool_and(coalesce(is_complete, false)) as is_complete,
        sum(streams) as paid_streams
    from curated.revenue_monthly
    group by sale_month
),

ads as (
    select
        month,
        case when count(spend_usd) = count(spend) then sum(spend_usd) end as spend_usd,
        bool_or(is_partial) as is_partial
    from curated.ads_daily
    group by month
),

following as (
    select month, sum(net_followers) as net_followers, bool_or(is_partial) as is_partial
    from curated.audience_growth
    group by month
),

months as (
    select month from streams
    union
    select month from revenue
    union
    select month from ads
    union
    select month from following
)

select
    months.month,
    streams.streams,
    streams.is_partial as is_streams_partial,
    revenue.gross_usd,
    revenue.net_usd,
    revenue.lines_without_rate,
    revenue.is_complete as is_revenue_complete,
    revenue.paid_streams,
    ads.spend_usd as ad_spend_usd,
    ads.is_partial as is_ads_partial,
    following.net_followers,
    following.is_partial as is_following_partial
from months
left join streams
    on months.month = streams.month
left join revenue
    on months.month = revenue.month
left join ads
    on months.month = ads.month
left join following
    on months.month = following.month
