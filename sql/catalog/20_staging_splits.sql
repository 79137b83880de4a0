-- One row per owner's share and the sale months it holds for: from_month up to before until_month.
-- key: isrc, artist_key, from_month
-- check: owner_share between 0 and 1
-- check: isrc is null or artist_key is null
--
-- isrc is set for the share of one recording, artist_key for that of an artist; never both.
with splits as (
    select isrc, artist, from_month, owner_share, _drop, _file, _row
    from raw.catalog__splits
),

typed as (
    select
        isrc_key(isrc) as isrc,
        case when isrc_key(isrc) is null then name_key(artist) end as artist_key,
        coalesce(iso_month(from_month), '0000-00') as from_month,
        owner_share::decimal(9, 6) as owner_share,
        _drop,
        _file,
        _row
    from splits
)

select
    typed.isrc,
    typed.artist_key,
    typed.from_month,
    lead(typed.from_month, 1, '9999-99') over (
        partition by typed.isrc, typed.artist_key
        order by typed.from_month
    ) as until_month,
    typed.owner_share,
    typed._drop,
    typed._file,
    typed._row
from typed
