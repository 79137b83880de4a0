-- One row per payee's share and the sale months it holds for: from_month up to before until_month.
-- key: payee, isrc, artist_key, from_month
-- check: share between 0 and 1
-- check: isrc is null or artist_key is null
--
-- isrc is set for the share in one recording, artist_key for that in an artist; never both.
with payees as (
    select payee, isrc, artist, from_month, share, minimum_usd, _drop, _file, _row
    from raw.catalog__payees
),

typed as (
    select
        trimmed(payee) as payee,
        isrc_key(isrc) as isrc,
        case when isrc_key(isrc) is null then name_key(artist) end as artist_key,
        coalesce(iso_month(from_month), '0000-00') as from_month,
        share::decimal(9, 6) as share,
        trimmed(minimum_usd)::decimal(24, 12) as minimum_usd,
        _drop,
        _file,
        _row
    from payees
)

select
    typed.payee,
    typed.isrc,
    typed.artist_key,
    typed.from_month,
    lead(typed.from_month, 1, '9999-99') over (
        partition by typed.payee, typed.isrc, typed.artist_key
        order by typed.from_month
    ) as until_month,
    typed.share,
    typed.minimum_usd,
    typed._drop,
    typed._file,
    typed._row
from typed
