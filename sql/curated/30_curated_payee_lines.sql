-- One row per payee, reporting month and line of money: what of it is the payee's, and why.
-- partition: reporting_month
-- key: reporting_month, sale_month, source, account, artist, track, isrc, store, currency, payee
-- incremental: required
-- check: share >= 0
-- check: payee is not null or amount_usd is not null
-- export: yes
-- column reporting_month: Month (YYYY-MM) in which the distributor booked the money.
-- column sale_month: Month (YYYY-MM) of the use: its shares hold.
-- column source: Distributor whose statement says so.
-- column account: Account at the distributor.
-- column payee: Who gets it, as in catalog/payees.csv; NULL: no one is named for the rest.
-- column artist: Artist as in the catalog, or as the distributor writes it.
-- column track: Track as in the catalog, or as the distributor writes it.
-- column isrc: ISRC of the recording; NULL for whole albums.
-- column store: Store as the distributor writes it.
-- column platform: Platform the store belongs to; NULL while the store is not mapped.
-- column currency: Currency of the statement, ISO 4217.
-- column units: Units of the sales the money is for, not shared.
-- column gross_usd: Money of the lines, adjustments included, in USD, not shared.
-- column owner_share: Owner's share, 0 to 1, by catalog/splits.csv; it stays what it is.
-- column share: Payee's share of gross, 0 to 1; of the rest, what is left when no one is named.
-- column amount_usd: The payee's money, in USD.
--
-- The owner's share comes first, then payees by name, each up to the next sum of shares, rounded to
-- 12 decimals: so the amounts of a line and the owner's are its gross to the last decimal. Shares
-- above 1 in all leave a rest below 0, which stops the table. Money without an owner's share is in
-- no line: what is left for others is not known. Payees of an ISRC stand in for all payees of its
-- artist.
with revenue as (
    select
        reporting_month,
        sale_month,
        source,
        account,
        artist,
        track,
        isrc,
        store,
        platform,
        currency,
        owner_share,
        units,
        gross_usd,
        net_usd
    from curated.revenue_by_track
    where owner_share is not null and gross_usd is not null
),

payees as (
    select payee, isrc, artist_key, from_month, until_month, share
    from staging.catalog__payees
),

listed_recordings as (
    select isrc
    from payees
    where isrc is not null
    group by isrc
),

keyed as (
    select
        revenue.*,
        case when listed_recordings.isrc is null then name_key(revenue.artist) end as artist_key
    from revenue
    left join listed_recordings on revenue.isrc = listed_recordings.isrc
),

claimants as (
    select payee, isrc, artist_key, from_month, until_month, share, 0 as claim_order
    from payees
    where share > 0

    union all

    select
        null as payee,
        null as isrc,
        null as artist_key,
        '0000-00' as from_month,
        '9999-99' as until_month,
        null as share,
        1 as claim_order
),

claims as (
    select keyed.*, claimants.payee, claimants.share, claimants.claim_order
    from keyed
    inner join claimants
        on keyed.sale_month >= claimants.from_month
        and keyed.sale_month < claimants.until_month
        and (
            keyed.isrc = claimants.isrc
            or keyed.artist_key = claimants.artist_key
            or claimants.claim_order = 1
        )
),

stacked as (
    select
        *,
        owner_share + coalesce(
            sum(share) over (
                partition by
                    reporting_month,
                    sale_month,
                    source,
                    account,
                    artist,
                    track,
                    isrc,
                    store,
                    platform,
                    currency,
                    owner_share
                order by claim_order, payee
            ),
            0
        ) as share_up_to
    from claims
),

claimed as (
    select
        * exclude (share),
        case when claim_order = 0 then share else 1 - share_up_to end::decimal(9, 6) as share,
        case
            when claim_order = 1 then gross_usd
            else (gross_usd * share_up_to::decimal(9, 6))::decimal(38, 12)
        end as claimed_usd
    from stacked
),

amounts as (
    select
        *,
        claimed_usd - lag(claimed_usd, 1, net_usd) over (
            partition by
                reporting_month,
                sale_month,
                source,
                account,
                artist,
                track,
                isrc,
                store,
                platform,
                currency,
                owner_share
            order by claim_order, payee
        ) as amount_usd
    from claimed
)

select
    amounts.reporting_month,
    amounts.sale_month,
    amounts.source,
    amounts.account,
    amounts.payee,
    amounts.artist,
    amounts.track,
    amounts.isrc,
    amounts.store,
    amounts.platform,
    amounts.currency,
    amounts.units,
    amounts.gross_usd,
    amounts.owner_share,
    amounts.share,
    amounts.amount_usd::decimal(38, 12) as amount_usd
from amounts
where amounts.claim_order = 0 or amounts.share != 0 or amounts.amount_usd != 0
