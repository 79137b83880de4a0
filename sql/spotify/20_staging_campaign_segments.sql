-- One row per account, campaign and segment: its part of a campaign's people and clicks.
-- partition: month
-- key: none
-- incremental: required
--
-- Counted in the campaign's own row already: never add the two. No money is told by segment.
with segments as (
    select *
    from raw.spotify__campaigns
    where line_kind = 'segment'
)

select
    segments.account,
    segments.month,
    segments.campaign_key,
    campaign_day(segments.start_date) as start_date,
    campaign_day(segments.end_date) as end_date,
    trimmed(segments.campaign_name) as campaign_name,
    trimmed(segments.artist_name) as artist_name,
    trimmed(segments.format) as format,
    trimmed(segments.segment_targeting) as segment,
    known(ungrouped(segments.reach))::bigint as reach,
    known(ungrouped(segments.clicks))::bigint as clicks,
    known(ungrouped(segments.converted_listeners))::bigint as converted_listeners,
    campaign_amount(segments.spend)::decimal(18, 6) as spend,
    try_cast(percent_text(segments.conversion_rate) as decimal(9, 4)) as stated_conversion_pct,
    segments.is_partial,
    segments._drop,
    segments._file,
    segments._row
from segments
