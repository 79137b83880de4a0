-- One row per line of money in any distributor's statement.
--
-- kind: 'sale' for lines that say what was sold, 'artificial_streams' for charges that a statement
-- explains with artificial streams, 'adjustment' for all other corrections of money. Units and streams
-- of all but sales are NULL: they speak of units that another line has already counted.
-- streams: units in a store of class streaming, NULL in every other store.
-- gross: the money as the statement has it, in currency. gross_usd: the same in US dollars, NULL where
-- catalog/fx.csv has no rate for the reporting date: unknown, never one to one.
select
    null::varchar as reporting_month,
    null::date as reporting_date,
    null::varchar as sale_month,
    null::varchar as source,
    null::varchar as account,
    null::varchar as kind,
    null::varchar as artist_name,
    null::varchar as track_title,
    null::varchar as isrc,
    null::varchar as upc,
    null::varchar as store,
    null::varchar as platform,
    null::varchar as store_class,
    null::varchar as country,
    null::bigint as units,
    null::bigint as streams,
    null::varchar as currency,
    null::decimal(24, 12) as gross,
    null::decimal(24, 12) as gross_usd,
    null::varchar as _drop,
    null::varchar as _file,
    null::bigint as _row
where false
