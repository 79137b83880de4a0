-- One row per campaign that has none or several lines of its own beside those of its segments.
-- severity: warn
--
-- None: it has no money, or its line is missing. Several: two campaigns of one name, or one twice;
-- the money of both is counted.
with lines as (
    select account, campaign_key, starts_on, line_kind, spend
    from raw.spotify__campaigns
)

select
    lines.account,
    lines.campaign_key,
    lines.starts_on,
    count(*) filter (where lines.line_kind = 'campaign')::bigint as campaign_lines,
    count(*) filter (where lines.line_kind = 'segment')::bigint as segment_lines,
    sum(campaign_amount(lines.spend)::decimal(18, 6))::decimal(18, 6) as spend
from lines
group by lines.account, lines.campaign_key, lines.starts_on
having count(*) filter (where lines.line_kind = 'campaign') != 1
order by lines.account, lines.campaign_key, lines.starts_on
