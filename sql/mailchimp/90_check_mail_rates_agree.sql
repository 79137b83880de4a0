-- One row per campaign, day of capture and rate that differs from the one of its counts.
-- severity: warn
--
-- Reports tell fractions, exports percent: a change of unit would show here, as would another idea
-- of who was delivered to. Half a point is let pass, for what is rounded or counted in between.
with rates as (
    select
        'report' as told_by,
        account,
        captured_on,
        campaign_id,
        delivered,
        all_unique_opens,
        unique_clicks,
        100 * open_rate_told as open_pct_told,
        100 * click_rate_told as click_pct_told
    from staging.mailchimp__reports
    union all
    select
        'export' as told_by,
        account,
        captured_on,
        campaign_id,
        delivered,
        all_unique_opens,
        unique_clicks,
        open_rate_pct_told as open_pct_told,
        click_rate_pct_told as click_pct_told
    from staging.mailchimp__campaigns_csv
),

compared as (
    select
        told_by,
        account,
        captured_on,
        campaign_id,
        'opens' as what,
        round(open_pct_told, 2)::decimal(18, 2) as told,
        round(100.0 * all_unique_opens / nullif(delivered, 0), 2)::decimal(18, 2) as computed
    from rates
    union all
    select
        told_by,
        account,
        captured_on,
        campaign_id,
        'clicks' as what,
        round(click_pct_told, 2)::decimal(18, 2) as told,
        round(100.0 * unique_clicks / nullif(delivered, 0), 2)::decimal(18, 2) as computed
    from rates
)

select account, captured_on, campaign_id, told_by, what, told, computed
from compared
where abs(told - computed) > 0.5
order by account, captured_on, campaign_id, told_by, what
