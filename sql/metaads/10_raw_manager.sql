-- One row per line of an Ads Manager export, its total and "All" lines included, as text.
-- format: csv
-- columns: Reporting starts | Début des rapports | Início dos relatórios | Inicio del informe,
--     Reporting ends | Fin des rapports | Término dos relatórios | Fin del informe,
--     [Campaign name | Nom de la campagne | Nome da campanha | Nombre de la campaña],
--     [Ad set name], [Ad name | Nom de la publicité], [Day | Jour | Dia | Día],
--     [Campaign ID], [Ad set ID], [Ad ID], [Ad delivery | Campaign delivery | Ad set delivery],
--     [Results | Résultats | Resultados], [Result indicator | Result type],
--     [Impressions | Impressões | Impresiones], [Reach | Couverture | Alcance],
--     [Frequency | Répétition], [Link clicks], [Clicks (all)],
--     ["Amount spent (USD)" | "Montant dépensé (USD)" | "Valor gasto (USD)" | "Importe gastado (USD)"],
--     ["Amount spent (EUR)" | "Montant dépensé (EUR)" | "Valor gasto (EUR)" | "Importe gastado (EUR)"],
--     ["Amount spent (GBP)" | "Montant dépensé (GBP)" | "Valor gasto (GBP)" | "Importe gastado (GBP)"],
--     ["Amount spent (INR)" | "Montant dépensé (INR)" | "Valor gasto (INR)" | "Importe gastado (INR)"],
--     ["Amount spent (BRL)" | "Montant dépensé (BRL)" | "Valor gasto (BRL)" | "Importe gastado (BRL)"],
--     ["Amount spent (COP)" | "Montant dépensé (COP)" | "Valor gasto (COP)" | "Importe gastado (COP)"],
--     ["Amount spent (CAD)" | "Montant dépensé (CAD)" | "Valor gasto (CAD)" | "Importe gastado (CAD)"],
--     ["Amount spent (AUD)" | "Montant dépensé (AUD)" | "Valor gasto (AUD)" | "Importe gastado (AUD)"],
--     [Cost per results | Cost per result], [Ad set budget], [Ad set budget type],
--     ["CPM (cost per 1,000 impressions) (USD)"], [Purchases], [Ends], [Attribution setting], [Bid],
--     [Bid type], [Last significant edit], [Quality ranking], [Engagement rate ranking],
--     [Conversion rate ranking], ["Purchase ROAS (return on ad spend)"], [Age], [Gender], [Country],
--     [Platform], [Placement]
-- partition: account, level, month, captured_on
-- fresh: 7d
--
-- Language and currency are in the header's text. The first line is the total, with an empty name;
-- breakdowns have lines "All" that repeat their parts. Without a Day a line is about the whole window,
-- and windows of two exports overlap: each export is a picture of the day it was taken. The workbook
-- has a sheet for the eye before the one with the data.
select
    "Campaign name" as campaign_name,
    "Ad set name" as adset_name,
    "Ad name" as ad_name,
    "Campaign ID" as campaign_id,
    "Ad set ID" as adset_id,
    "Ad ID" as ad_id,
    "Reporting starts" as reporting_starts,
    "Reporting ends" as reporting_ends,
    "Day" as day,
    "Results" as results,
    "Result indicator" as result_indicator,
    "Impressions" as impressions,
    "Reach" as reach,
    "Link clicks" as link_clicks,
    "Clicks (all)" as clicks,
    coalesce("Amount spent (USD)", "Amount spent (EUR)", "Amount spent (GBP)", "Amount spent (INR)", "Amount spent (BRL)", "Amount spent (COP)", "Amount spent (CAD)", "Amount spent (AUD)") as spent,
    case when "Amount spent (USD)" is not null then 'USD' when "Amount spent (EUR)" is not null then 'EUR' when "Amount spent (GBP)" is not null then 'GBP' when "Amount spent (INR)" is not null then 'INR' when "Amount spent (BRL)" is not null then 'BRL' when "Amount spent (COP)" is not null then 'COP' when "Amount spent (CAD)" is not null then 'CAD' when "Amount spent (AUD)" is not null then 'AUD' end as currency,
    case
        when "Ad name" is not null then 'ad'
        when "Ad set name" is not null then 'adset'
        when "Campaign name" is not null then 'campaign'
        else 'account'
    end as named_level,
    case
        when trimmed(coalesce("Campaign name", "Ad set name", "Ad name")) is null then 'total'
        when regexp_matches(
            concat_ws(',', "Age", "Gender", "Country", "Platform", "Placement"), '(^|,)All(,|$)'
        )
            then 'all'
        else 'row'
    end as line_kind,
    'export' as level,
    _as_of::date as captured_on,
    strftime(_as_of, '%Y-%m') as month,
    case
        when iso_date("Reporting starts") is null or iso_date("Reporting ends") is null
            then 'the window is not two days (YYYY-MM-DD)'
        when not is_manager_number(coalesce("Amount spent (USD)", "Amount spent (EUR)", "Amount spent (GBP)", "Amount spent (INR)", "Amount spent (BRL)", "Amount spent (COP)", "Amount spent (CAD)", "Amount spent (AUD)")) then 'the amount spent is not a number'
        when not is_manager_number("Impressions") then 'Impressions is not a number'
        when not is_manager_number("Reach") then 'Reach is not a number'
    end as reject_reason
from landing
