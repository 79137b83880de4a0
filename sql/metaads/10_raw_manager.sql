-- One row per line of an Ads Manager export, its total and "All" lines included, as text.
-- format: csv
-- columns: Reporting starts | Début des rapports | Início dos relatórios | Inicio del informe,
--     Reporting ends | Fin des rapports | Término dos relatórios | Encerramento dos relatórios
--         | Fin del informe,
--     Amount spent | "/(Amount spent|Montant dépensé) \((?P<currency>[A-Z]{3})\)/"
--         | "/(Valor gasto|Valor usado|Importe gastado) \((?P<currency>[A-Z]{3})\)/",
--     [Campaign name | Nom de la campagne | Nome da campanha | Nombre de la campaña],
--     [Ad set name | Nome do conjunto de anúncios | Nombre del conjunto de anuncios],
--     [Ad name | Nom de la publicité | Nome do anúncio | Nombre del anuncio],
--     [Day | Jour | Dia | Día], [Campaign ID], [Ad set ID], [Ad ID],
--     [Ad delivery | Campaign delivery | Ad set delivery], [Results | Résultats | Resultados],
--     [Result indicator | Result type], [Impressions | Impressões | Impresiones],
--     [Reach | Couverture | Alcance], [Frequency | Répétition], [Link clicks], [Clicks (all)],
--     [Cost per results | Cost per result], [Ad set budget], [Ad set budget type],
--     [CPM | "/CPM \(cost per 1,000 impressions\) \([A-Z]{3}\)/"], [Purchases], [Ends],
--     [Attribution setting], [Bid], [Bid type], [Last significant edit], [Quality ranking],
--     [Engagement rate ranking], [Conversion rate ranking],
--     ["Purchase ROAS (return on ad spend)"], [Age], [Gender], [Country], [Platform], [Placement]
-- partition: account, level, breakdown, period, month, captured_on, line
-- pages: line
-- fresh: 7d
--
-- Language and currency are in the header's text. The first line is the total, with an empty name;
-- breakdowns have lines "All" that repeat their parts. Broken down by day, a line begins and ends
-- on one day; else it is about the whole window. Windows of two exports overlap, so each is a
-- picture of the day it was taken; levels, windows, days and breakdowns taken on one day stand side
-- by side, and so do exports of some campaigns. Two totals of a day are one only where all their
-- numbers agree. The workbook has a sheet for the eye before the one with the data.
select
    "Campaign name" as campaign_name,
    "Ad set name" as adset_name,
    "Ad name" as ad_name,
    "Campaign ID" as campaign_id,
    "Ad set ID" as adset_id,
    "Ad ID" as ad_id,
    "Reporting starts" as reporting_starts,
    "Reporting ends" as reporting_ends,
    coalesce(
        trimmed("Day"),
        case when "Reporting starts" = "Reporting ends" then "Reporting starts" end
    ) as day,
    "Results" as results,
    "Result indicator" as result_indicator,
    "Impressions" as impressions,
    "Reach" as reach,
    "Link clicks" as link_clicks,
    "Clicks (all)" as clicks,
    "Amount spent" as spent,
    currency,
    case
        when trimmed(concat_ws('', "Campaign name", "Ad set name", "Ad name")) is null then 'total'
        when trimmed("Ad name") is not null then 'ad'
        when trimmed("Ad set name") is not null then 'adset'
        else 'campaign'
    end as level,
    case
        when trimmed(concat_ws('', "Campaign name", "Ad set name", "Ad name")) is null then 'total'
        when regexp_matches(
            concat_ws(',', "Age", "Gender", "Country", "Platform", "Placement"), '(^|,)All(,|$)'
        )
            then 'all'
        else 'row'
    end as line_kind,
    concat_ws(
        ',',
        case when trimmed("Age") is not null then 'age' end,
        case when trimmed("Gender") is not null then 'gender' end,
        case when trimmed("Country") is not null then 'country' end,
        case when trimmed("Platform") is not null then 'platform' end,
        case when trimmed("Placement") is not null then 'placement' end
    ) as breakdown,
    coalesce(
        trimmed("Day"),
        case
            when "Reporting starts" = "Reporting ends" then "Reporting starts"
            else concat_ws('/', "Reporting starts", "Reporting ends")
        end
    ) as period,
    case
        when trimmed(concat_ws('', "Campaign name", "Ad set name", "Ad name")) is null
            then concat_ws(' ', "Amount spent", "Impressions", "Reach", "Results")
        else concat_ws(
            ' | ',
            "Campaign name",
            "Ad set name",
            "Ad name",
            "Campaign ID",
            "Ad set ID",
            "Ad ID",
            "Age",
            "Gender",
            "Country",
            "Platform",
            "Placement"
        )
    end as line,
    _as_of::date as captured_on,
    strftime(_as_of, '%Y-%m') as month,
    case
        when iso_date("Reporting starts") is null or iso_date("Reporting ends") is null
            then 'the window is not two days (YYYY-MM-DD)'
        when trimmed("Day") is not null and iso_date("Day") is null
            then 'the day is not a day (YYYY-MM-DD)'
        when not is_manager_amount("Amount spent") then 'the amount spent is not a number'
        when not is_manager_count("Impressions") then 'Impressions is not a number'
        when not is_manager_count("Reach") then 'Reach is not a number'
    end as reject_reason
from landing
