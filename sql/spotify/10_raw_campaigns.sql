-- One row per line of a Spotify for Artists campaign export: a campaign, or one of its segments.
-- format: csv
-- columns: Start Date, End Date, Campaign Name, Artist Name, Currency, Spend, Segment Targeting,
--     Reach, Clicks, [Release Date], [Release Name], [Format], [Release Type], [Country Targeting],
--     [Tax Rate], [Budget], [Budget (incl. tax)], [Spend (incl. tax)], [Amplified Listeners],
--     [Reactivated Listeners], [New Active Listeners], [Light Listeners (after converting)],
--     [Moderate Listeners (after converting)], [Super Listeners (after converting)],
--     [Converted Listeners], [Conversion Rate], [Active Streams Per Listener], [Intent Rate],
--     [Playlist Add Rate], [Playlist Adds], [Save Rate], [Saves],
--     [Listeners of Artist's Other Releases],
--     [Active Streams Per Listener for Artist's Other Releases],
--     [Saves of Artist's Other Releases], [Playlist Adds of Artist's Other Releases]
-- partition: account, campaign_key, month, starts_on
-- max_rejects: 0
--
-- A campaign's line is followed by one for each segment, in which budget and spend are NA: the same
-- people and clicks again. An export is of one campaign or of all, so a newer one replaces the
-- campaigns it names. No line has an id: names, format, market and first day are what tells two
-- campaigns apart. Results grow until two weeks after the last day. The order of the columns is not
-- certain.
select
    "Release Date" as release_date,
    "Start Date" as start_date,
    "End Date" as end_date,
    "Release Name" as release_name,
    "Campaign Name" as campaign_name,
    "Artist Name" as artist_name,
    "Format" as format,
    "Release Type" as release_type,
    "Country Targeting" as country_targeting,
    "Currency" as currency,
    "Tax Rate" as tax_rate,
    "Budget" as budget,
    "Budget (incl. tax)" as budget_with_tax,
    "Spend" as spend,
    "Spend (incl. tax)" as spend_with_tax,
    "Segment Targeting" as segment_targeting,
    "Reach" as reach,
    "Clicks" as clicks,
    "Amplified Listeners" as amplified_listeners,
    "Reactivated Listeners" as reactivated_listeners,
    "New Active Listeners" as new_active_listeners,
    "Light Listeners (after converting)" as light_listeners,
    "Moderate Listeners (after converting)" as moderate_listeners,
    "Super Listeners (after converting)" as super_listeners,
    "Converted Listeners" as converted_listeners,
    "Conversion Rate" as conversion_rate,
    "Active Streams Per Listener" as streams_per_listener,
    "Intent Rate" as intent_rate,
    "Playlist Add Rate" as playlist_add_rate,
    "Playlist Adds" as playlist_adds,
    "Save Rate" as save_rate,
    "Saves" as saves,
    "Listeners of Artist's Other Releases" as other_listeners,
    "Active Streams Per Listener for Artist's Other Releases" as other_streams_per_listener,
    "Saves of Artist's Other Releases" as other_saves,
    "Playlist Adds of Artist's Other Releases" as other_playlist_adds,
    case
        when known("Budget") is null and known("Spend") is null then 'segment'
        else 'campaign'
    end as line_kind,
    concat_ws(
        ' / ',
        name_key("Artist Name"),
        name_key("Release Name"),
        name_key("Campaign Name"),
        name_key("Format"),
        name_key("Country Targeting")
    ) as campaign_key,
    strftime(campaign_day("Start Date"), '%Y-%m-%d') as starts_on,
    month_of(campaign_day("Start Date")) as month,
    campaign_day("End Date") > _as_of::date - 14 as is_partial,
    case
        when campaign_day("Start Date") is null then 'Start Date is not a day (M/D/YY UTC)'
        when campaign_day("End Date") is null then 'End Date is not a day (M/D/YY UTC)'
        when campaign_day("End Date") < campaign_day("Start Date")
            then 'End Date is before Start Date'
        when trimmed("Campaign Name") is null then 'Campaign Name is empty'
        when known("Budget") is not null and campaign_amount("Budget") is null
            then 'Budget is neither an amount nor NA'
        when known("Spend") is not null and campaign_amount("Spend") is null
            then 'Spend is neither an amount nor NA'
        when known("Spend") is not null
            and not coalesce(regexp_full_match(trim("Currency"), '[A-Za-z]{3}'), false)
            then 'Currency is not three letters (ISO 4217)'
        when not is_count_or_unknown(ungrouped("Reach")) then 'Reach is not a whole number'
        when not is_count_or_unknown(ungrouped("Clicks")) then 'Clicks is not a whole number'
        when not is_count_or_unknown(ungrouped("Converted Listeners"))
            then 'Converted Listeners is not a whole number'
    end as reject_reason
from landing
