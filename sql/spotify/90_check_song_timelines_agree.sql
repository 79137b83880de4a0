-- One row per song title whose days are far from what an older file of that title said of them.
-- severity: warn
--
-- A timeline names its song in the file's name only, so a newer file of another song of that title
-- takes the older one's place. Spotify hardly corrects a finished day: where most of the streams
-- differ, it is probably two songs. Rename one of the files (SONG A of ALBUM-timeline.csv), import
-- it again and withdraw the drop that came under the wrong name.
with timeline as (
    select account, song, date, streams, _drop
    from raw.spotify__song_timeline
    where not is_partial
),

history as (
    select account, song, date, streams, _drop
    from raw.spotify__song_timeline__history
    where not is_partial
),

told_before as (
    select
        timeline.account,
        timeline.song,
        timeline.date,
        known(timeline.streams)::bigint as streams,
        known(arg_max(history.streams, history._drop))::bigint as streams_before
    from timeline
    inner join history
        on timeline.account = history.account
        and timeline.song = history.song
        and timeline.date = history.date
        and timeline._drop > history._drop
    group by timeline.account, timeline.song, timeline.date, timeline.streams
)

select
    told_before.account,
    told_before.song as song_title,
    count(*) as days,
    sum(told_before.streams)::bigint as streams,
    sum(told_before.streams_before)::bigint as streams_before
from told_before
where told_before.streams is not null and told_before.streams_before is not null
group by told_before.account, told_before.song
having sum(abs(told_before.streams - told_before.streams_before))
    > 0.5 * sum(greatest(told_before.streams, told_before.streams_before))
order by told_before.account, told_before.song
