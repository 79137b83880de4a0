-- One row per share of a payee in the money of a recording, or of an artist, from a month on.
-- format: csv
-- columns: payee, [isrc], [artist], [from_month], share, [minimum_usd]
-- file: payees.*
-- partition: account
-- shrink: 100 %
-- max_rejects: 0
--
-- Edited by people; a changed file is the whole new list. Shares are of gross, beside the owner's
-- share of catalog/splits.csv: all of a recording together are 1 at most. Lines with an ISRC are
-- the whole list of that recording's payees; lines with only an artist speak of the artist's
-- others. A payee leaves with a line of share 0.
select
    payee,
    isrc,
    artist,
    from_month,
    share,
    minimum_usd,
    case
        when trimmed(payee) is null then 'payee is empty'
        when isrc_key(isrc) is null and trimmed(artist) is null
            then 'neither isrc nor artist is given'
        when trimmed(from_month) is not null and iso_month(from_month) is null
            then 'from_month is not a month (YYYY-MM)'
        when not coalesce(regexp_full_match(trim(share), '0(\.\d{1,6})?|1(\.0{1,6})?'), false)
            then 'share is not a share between 0 and 1'
        when trimmed(minimum_usd) is not null
            and (not is_money(minimum_usd) or minimum_usd::decimal(24, 12) < 0)
            then 'minimum_usd is no amount'
    end as reject_reason
from landing
