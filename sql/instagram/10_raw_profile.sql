-- One row per look at a profile by the Graph API, as text.
-- format: json
-- columns: id, followers_count, [username], [name], [follows_count], [media_count], [biography],
--     [website], [profile_picture_url]
-- records: $
-- file: .*?(?P<as_of>\d{8}_\d{6}).*\.json
-- identity: profile_id
-- refuse: access_token
-- partition: account, month, captured_on
-- fresh: 2d
--
-- No API tells followers of days gone by: a night that nobody looked is lost. A handle may change,
-- the id does not. The picture's address expires and is left out.
select
    record->>'id' as profile_id,
    record->>'username' as username,
    record->>'name' as name,
    record->>'followers_count' as followers_count,
    record->>'follows_count' as follows_count,
    record->>'media_count' as media_count,
    _as_of::date as captured_on,
    month_of(_as_of::date) as month,
    case
        when not coalesce(regexp_full_match(record->>'id', '\d{1,20}'), false) then 'id is no id'
        when not is_count(record->>'followers_count') then 'followers_count is not a whole number'
        when not is_count_or_unknown(record->>'follows_count')
            then 'follows_count is not a whole number'
        when not is_count_or_unknown(record->>'media_count')
            then 'media_count is not a whole number'
    end as reject_reason
from landing
