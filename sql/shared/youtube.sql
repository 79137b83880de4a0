-- What YouTube writes in its own way, and the days on which it changed what a view is.

-- A day as Studio writes it: Nov 10, 2025.
create macro studio_published(value) as
    case
        when regexp_full_match(trim(value), '[A-Z][a-z]{2} \d{1,2}, \d{4}')
            then try_strptime(trim(value), '%b %d, %Y')::date
    end;

-- A number with decimals, or openly no value.
create macro is_decimal_or_unknown(value) as
    known(value) is null
    or coalesce(regexp_full_match(known(value), '-?\d{1,14}(\.\d+)?'), false);

-- A whole number that may be negative, or openly no value: subscribers of a window are gained less
-- lost.
create macro is_change_or_unknown(value) as
    known(value) is null or coalesce(regexp_full_match(known(value), '-?\d{1,18}'), false);

-- Seconds of 0:01:05 or 1:05.
create macro clock_seconds(value) as
    case
        when regexp_full_match(trim(value), '(\d+:)?\d{1,2}:\d{2}')
            then coalesce(try_cast(regexp_extract(trim(value), '^(\d+):\d+:', 1) as bigint), 0) * 3600
                + regexp_extract(trim(value), '(\d+):\d+$', 1)::bigint * 60
                + regexp_extract(trim(value), ':(\d+)$', 1)::bigint
    end;

create macro part_of_duration(value, unit) as
    coalesce(try_cast(regexp_extract(value, '(\d+)' || unit, 1) as bigint), 0);

-- Seconds of P1DT2H3M4S (ISO 8601). P0D is a live broadcast, whose length nobody knows.
create macro iso_seconds(value) as
    case
        when value != 'P0D'
            and regexp_full_match(value, 'P(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?')
            then part_of_duration(value, 'W') * 604800
                + part_of_duration(value, 'D') * 86400
                + part_of_duration(value, 'H') * 3600
                + part_of_duration(value, 'M') * 60
                + part_of_duration(value, 'S')
    end;

-- An instant of the Data API.
create macro utc_instant(value) as
    try_strptime(value, ['%Y-%m-%dT%H:%M:%SZ', '%Y-%m-%dT%H:%M:%S.%fZ']);

-- A day as bulk reports and our file names write it: 20261117.
create macro plain_date(value) as
    case
        when regexp_full_match(trim(value), '\d{8}')
            then try_strptime(trim(value), '%Y%m%d')::date
    end;

-- Whether a Pacific day may still be going on: in winter it ends 32 hours after it began in UTC.
create macro is_pacific_today(day, moment) as moment < day::timestamp + interval 32 hours;

-- What views of a day are. Until March 2025 a view was watched for a while; since then a Short's
-- counts from its start, and since 27 August 2026 that of every format. engaged_views keeps the old
-- meaning.
create macro views_definition(day) as
    case
        when day < date '2025-03-31' then 'watched'
        when day < date '2026-08-27' then 'shorts_started'
        when day >= date '2026-08-27' then 'started'
    end;

-- The metrics of the Analytics API that are known to be none of its dimensions.
create macro is_reported_metric(name) as
    regexp_full_match(
        name,
        'views|engagedViews|redViews|estimatedMinutesWatched|estimatedRedMinutesWatched'
        || '|averageViewDuration|averageViewPercentage|likes|dislikes|comments|shares'
        || '|subscribersGained|subscribersLost|videosAddedToPlaylists|videosRemovedFromPlaylists'
        || '|viewerPercentage|estimatedRevenue|estimatedAdRevenue|grossRevenue'
        || '|estimatedRedPartnerRevenue|monetizedPlaybacks|playbackBasedCpm|adImpressions|cpm'
    );

-- What a line of a Studio table is, by its first column.
create macro studio_line_kind(value) as
    case
        when value = 'Total' then 'total'
        when regexp_full_match(value, '(?i)showing top [\d,]+ results') then 'trailer'
        else 'row'
    end;
