-- One row per reporter and platform (NULL: every platform) with the trust people gave it.
-- key: reporter, platform
with trust as (
    select reporter, platform, trust, _drop, _file, _row
    from raw.catalog__trust
)

select
    lower(trimmed(trust.reporter)) as reporter,
    lower(trimmed(trust.platform)) as platform,
    trust.trust::bigint as trust,
    trust._drop,
    trust._file,
    trust._row
from trust
