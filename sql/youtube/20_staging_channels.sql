-- One row per account, day of capture and channel, in answers of the Data API.
-- partition: month
-- key: month, account, captured_on, channel_id
-- incremental: required
--
-- Subscribers come rounded to three digits, and not at all where the channel hides them.
with channels as (
    select *
    from raw.youtube__channels
)

select
    channels.account,
    channels.captured_on,
    channels.month,
    trimmed(channels.channel_id) as channel_id,
    trimmed(channels.title) as title,
    utc_instant(channels.published_at) as published_at,
    known(channels.view_count)::bigint as views,
    case
        when channels.hidden_subscriber_count is distinct from 'true'
            then known(channels.subscriber_count)::bigint
    end as subscribers,
    known(channels.video_count)::bigint as video_count,
    channels._drop,
    channels._file,
    channels._row
from channels
