-- One row per day, kind of result, and the finest of campaign, ad set and ad that a report names.
--
-- kind: as the platform calls it, such as link_click. Kinds hold each other: nobody may add two of
-- them. A source feeds the same level as in ad_performance, so that each kind counts once.
select
    null::date as date,
    null::varchar as month,
    null::varchar as platform,
    null::varchar as source,
    null::varchar as account,
    null::varchar as level,
    null::varchar as campaign_id,
    null::varchar as adset_id,
    null::varchar as ad_id,
    null::varchar as kind,
    null::decimal(18, 6) as results,
    null::varchar as _drop,
    null::varchar as _file,
    null::bigint as _row
where false
