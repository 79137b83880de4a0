-- One row per exported campaign whose deliveries or bounces are not what their parts come to.
-- severity: warn
--
-- The export tells both ways: delivered is sent less bounces, bounces are the soft and the hard.
with exports as (
    select
        account,
        captured_on,
        campaign_id,
        sent - hard_bounces - soft_bounces as delivered,
        delivered_told,
        hard_bounces + soft_bounces as bounces,
        bounces_told
    from staging.mailchimp__campaigns_csv
)

select account, captured_on, campaign_id, delivered, delivered_told, bounces, bounces_told
from exports
where delivered != delivered_told or bounces != bounces_told
order by account, captured_on, campaign_id
