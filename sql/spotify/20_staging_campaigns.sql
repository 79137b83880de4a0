-- One row per account and campaign as a whole: what it cost and whom it reached.
-- partition: month
-- key: none
-- incremental: required
-- check: spend is null or spend >= 0
--
-- Spend is without tax. Rates are kept as stated, to be compared: conversion_pct is Converted
-- Listeners of Reach. Nothing makes two campaigns of one name, market and first day impossible, so
-- there is no key and a check tells of them.
with campaigns as (
    select *
    from raw.spotify__campaigns
    where line_kind = 'campaign'
),

counted as (
    select
        campaigns.*,
        known(ungrouped(campaigns.reach))::bigint as reached,
        known(ungrouped(campaigns.converted_listeners))::bigint as converted
    from campaigns
)

select
    counted.account,
    counted.month,
    counted.campaign_key,
    campaign_day(counted.start_date) as start_date,
    campaign_day(counted.end_date) as end_date,
    trimmed(counted.campaign_name) as campaign_name,
    trimmed(counted.artist_name) as artist_name,
    trimmed(counted.release_name) as release_title,
    trimmed(counted.format) as format,
    trimmed(counted.release_type) as release_type,
    trimmed(counted.country_targeting) as country_targeting,
    known(counted.segment_targeting) as segment_targeting,
    upper(known(counted.currency)) as currency,
    campaign_amount(counted.budget)::decimal(18, 6) as budget,
    campaign_amount(counted.spend)::decimal(18, 6) as spend,
    campaign_amount(counted.spend_with_tax)::decimal(18, 6) as spend_with_tax,
    counted.reached as reach,
    known(ungrouped(counted.clicks))::bigint as clicks,
    counted.converted as converted_listeners,
    try_cast(known(ungrouped(counted.amplified_listeners)) as bigint) as amplified_listeners,
    try_cast(known(ungrouped(counted.reactivated_listeners)) as bigint) as reactivated_listeners,
    try_cast(known(ungrouped(counted.new_active_listeners)) as bigint) as new_active_listeners,
    try_cast(known(ungrouped(counted.saves)) as bigint) as saves,
    try_cast(known(ungrouped(counted.playlist_adds)) as bigint) as playlist_adds,
    try_cast(known(counted.streams_per_listener) as decimal(18, 6)) as streams_per_listener,
    round(100.0::double * counted.converted / nullif(counted.reached, 0), 4)::decimal(9, 4)
        as conversion_pct,
    try_cast(percent_text(counted.conversion_rate) as decimal(9, 4)) as stated_conversion_pct,
    try_cast(percent_text(counted.intent_rate) as decimal(9, 4)) as stated_intent_pct,
    try_cast(percent_text(counted.playlist_add_rate) as decimal(9, 4))
        as stated_playlist_add_pct,
    try_cast(percent_text(counted.save_rate) as decimal(9, 4)) as stated_save_pct,
    counted.is_partial,
    counted._drop,
    counted._file,
    counted._row
from counted
