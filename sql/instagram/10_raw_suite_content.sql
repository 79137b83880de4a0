-- One row per post in a Meta Business Suite content export, as text.
-- format: csv
-- columns: Post ID, Account ID, Account username, Publish time, Permalink, Date, [Account name],
--     [Description], [Duration (sec)], [Post type], [Data comment], [Views], [Reach], [Likes],
--     [Shares], [Follows], [Comments], [Saves]
-- partition: account, month, captured_on, post_id
-- fresh: 8d
--
-- Totals since publication. Exports overlap: a newer one replaces the posts it has, no others. A
-- post shared with others stands under the name of who began it, so the account is no single one.
-- Ids have more digits than a double. Facebook's export has a Page ID in place of the account's.
select
    "Account ID" as account_id,
    "Account username" as username,
    "Account name" as account_name,
    "Description" as description,
    "Publish time" as publish_time,
    "Permalink" as permalink,
    "Post type" as post_type,
    "Views" as views,
    "Reach" as reach,
    "Likes" as likes,
    "Comments" as comments,
    "Shares" as shares,
    "Saves" as saves,
    "Follows" as follows,
    trim("Post ID") as post_id,
    _as_of::date as captured_on,
    month_of(_as_of::date) as month,
    case
        when not regexp_full_match(coalesce(trim("Post ID"), ''), '\d{1,20}')
            then 'Post ID is no id: a spreadsheet may have rounded it'
        when coalesce(trim("Date"), '') != 'Lifetime'
            then 'Date is not Lifetime: a day of a post is not what it has gathered'
        when try_strptime(trim("Publish time"), '%m/%d/%Y %H:%M') is null
            then 'Publish time is none (MM/DD/YYYY HH:MM)'
        when not is_whole_or_unknown("Views") then 'Views is not a whole number'
        when not is_whole_or_unknown("Reach") then 'Reach is not a whole number'
        when not is_whole_or_unknown("Likes") then 'Likes is not a whole number'
        when not is_whole_or_unknown("Comments") then 'Comments is not a whole number'
        when not is_whole_or_unknown("Shares") then 'Shares is not a whole number'
        when not is_whole_or_unknown("Saves") then 'Saves is not a whole number'
        when not is_whole_or_unknown("Follows") then 'Follows is not a whole number'
    end as reject_reason
from landing
