-- One row per line of a TooLost sales report, as a line of money.
-- partition: reporting_month
-- key: none
-- incremental: required
-- check: gross is not null
-- feeds: royalties
--
-- Assumed, until a real report says otherwise: a sale that is split among several people stands on
-- one line for each, every line with the revenue and the units of the whole sale and with its own
-- share. So gross is revenue times share (no share: all of it), and of lines that are equal but for
-- a share below 100 only the first counts units. rev_fee is not taken off: whether the net amount
-- of the report's unknown columns agrees with it cannot be told. A line without a currency is
-- unknown in dollars.
with sales as (
    select
        reporting_month,
        account,
        transaction_id,
        release_id,
        track_id,
        isrc,
        upc,
        track_title,
        channel,
        country,
        currency,
        units,
        revenue,
        share_pct,
        sale_date,
        accounting_date,
        reporting_date,
        _drop,
        _file,
        _row
    from staging.toolost__sales
),

stores as (
    select store_key, platform, store_class
    from staging.toolost__stores
),

fx as (
    select currency, valid_from, valid_until, usd_per_unit
    from staging.catalog__fx
),

directed as (
    select
        sales.*,
        coalesce(sales.reporting_date, sales.accounting_date, sales.sale_date) as booked_on,
        case when sales.revenue < 0 or sales.units < 0 then 'adjustment' else 'sale' end as kind,
        (sales.revenue * coalesce(sales.share_pct * 0.01, 1::decimal(12, 8)))::decimal(24, 12)
            as gross,
        coalesce(sales.share_pct, 100) = 100 or row_number() over (
            partition by
                sales.reporting_month,
                sales.account,
                sales.sale_date,
                sales.accounting_date,
                sales.reporting_date,
                sales.channel,
                sales.country,
                sales.release_id,
                sales.track_id,
                sales.isrc,
                sales.upc,
                sales.track_title,
                sales.currency,
                sales.units,
                sales.revenue,
                coalesce(sales.share_pct, 100) = 100
            order by sales.transaction_id, sales._drop, sales._file, sales._row
        ) = 1 as is_first_of_sale
    from sales
)

select
    directed.reporting_month,
    directed.booked_on as reporting_date,
    month_of(directed.sale_date) as sale_month,
    'toolost' as source,
    directed.account,
    directed.kind,
    null::varchar as artist_name,
    directed.track_title,
    directed.isrc,
    directed.upc,
    directed.channel as store,
    stores.platform,
    stores.store_class,
    directed.country,
    case when directed.kind = 'sale' and directed.is_first_of_sale then directed.units end as units,
    case
        when directed.kind = 'sale'
            and directed.is_first_of_sale
            and stores.store_class = 'streaming'
            then directed.units
    end as streams,
    directed.currency,
    directed.gross,
    (directed.gross * fx.usd_per_unit)::decimal(24, 12) as gross_usd,
    directed._drop,
    directed._file,
    directed._row
from directed
left join stores on name_key(directed.channel) = stores.store_key
left join fx
    on directed.currency = fx.currency
    and directed.booked_on >= fx.valid_from
    and directed.booked_on < fx.valid_until
