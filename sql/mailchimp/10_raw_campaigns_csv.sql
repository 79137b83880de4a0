-- One row per campaign in an export of Mailchimp's campaign reports, as text.
-- format: csv
-- columns: Unique Id, Send Date, Total Recipients, Successful Deliveries, Unique Opens,
--     Unique Clicks, [Title], [Subject], [List], [Send Weekday], [Soft Bounces], [Hard Bounces],
--     [Total Bounces], [Times Forwarded], [Forwarded Opens], [Open Rate], [Total Opens],
--     [Click Rate], [Total Clicks], [Unsubscribes], [Abuse Complaints],
--     [Times Liked on Facebook], [Folder Id], [Total Orders], [Total Gross Sales],
--     [Total Revenue], [Analytics ROI], [Campaign Cost], [Revenue Created], [Visits],
--     [New Visits], [Pages/Visit], [Bounce Rate], [Time on Site], [Goal Conversion Rate],
--     [Per Visit Goal Value], [Transactions], [Ecommerce Conversion Rate], [Per Visit Value],
--     [Average Value]
-- refuse: Email Address
-- partition: account, month, captured_on, campaign_id
-- fresh: 40d
--
-- What is n/a is unknown. Bounce Rate and what follows Campaign Cost are of the website, not of the
-- mail, and are left out. The send date is of the account's time zone, which stands nowhere.
select
    "Unique Id" as campaign_id,
    "Title" as title,
    "Subject" as subject,
    "List" as list_name,
    "Send Date" as send_date,
    "Total Recipients" as total_recipients,
    "Successful Deliveries" as successful_deliveries,
    "Soft Bounces" as soft_bounces,
    "Hard Bounces" as hard_bounces,
    "Total Bounces" as total_bounces,
    "Total Opens" as total_opens,
    "Unique Opens" as unique_opens,
    "Open Rate" as open_rate,
    "Total Clicks" as total_clicks,
    "Unique Clicks" as unique_clicks,
    "Click Rate" as click_rate,
    "Unsubscribes" as unsubscribes,
    "Abuse Complaints" as abuse_complaints,
    "Total Orders" as total_orders,
    "Total Revenue" as total_revenue,
    _as_of::date as captured_on,
    strftime(_as_of, '%Y-%m') as month,
    case
        when not is_mail_id("Unique Id") then 'Unique Id is no id'
        when known("Send Date") is not null and mail_local_time("Send Date") is null
            then 'Send Date is not a date (Jun 09, 2018 09:30 pm)'
        when not is_count(ungrouped("Total Recipients"))
            then 'Total Recipients is not a whole number'
        when not is_count_or_unknown(ungrouped("Successful Deliveries"))
            then 'Successful Deliveries is not a whole number'
        when not is_count_or_unknown(ungrouped("Soft Bounces"))
            or not is_count_or_unknown(ungrouped("Hard Bounces"))
            or not is_count_or_unknown(ungrouped("Total Bounces"))
            then 'bounces are not whole numbers'
        when not is_count_or_unknown(ungrouped("Total Opens"))
            or not is_count_or_unknown(ungrouped("Unique Opens"))
            then 'opens are not whole numbers'
        when not is_count_or_unknown(ungrouped("Total Clicks"))
            or not is_count_or_unknown(ungrouped("Unique Clicks"))
            then 'clicks are not whole numbers'
        when not is_count_or_unknown(ungrouped("Unsubscribes"))
            or not is_count_or_unknown(ungrouped("Abuse Complaints"))
            then 'Unsubscribes or Abuse Complaints is not a whole number'
        when not is_count_or_unknown(ungrouped("Total Orders"))
            or not is_money_or_unknown("Total Revenue")
            then 'Total Orders or Total Revenue is not a plain number'
    end as reject_reason
from landing
