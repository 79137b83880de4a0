-- One row per day, or longer window, and the finest of campaign, ad set and ad that a report names.
--
-- date to date_end: the days the row is about, in the ad account's own time zone; equal for a day. Days
-- and windows of one account overlap: nobody may add the two. A source feeds one level per account and
-- day, the finest it knows, so that spend counts once.
-- reach: people; adds up over nothing. clicks: all clicks, link_clicks: those that left for the link.
-- spend: in currency; spend_usd NULL where catalog/fx.csv has no rate for the day.
select
    null::date as date,
    null::date as date_end,
    null::varchar as month,
    null::varchar as platform,
    null::varchar as source,
    null::varchar as account,
    null::varchar as ad_account_id,
    null::varchar as level,
    null::varchar as campaign_id,
    null::varchar as campaign_name,
    null::varchar as adset_id,
    null::varchar as adset_name,
    null::varchar as ad_id,
    null::varchar as ad_name,
    null::varchar as currency,
    null::decimal(18, 6) as spend,
    null::decimal(18, 6) as spend_usd,
    null::bigint as impressions,
    null::bigint as reach,
    null::bigint as clicks,
    null::bigint as link_clicks,
    null::bigint as video_views,
    null::decimal(18, 6) as conversions,
    null::boolean as is_partial,
    null::varchar as _drop,
    null::varchar as _file,
    null::bigint as _row
where false
