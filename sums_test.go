package main

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bedrot/sql/script"
)

// measureColumns are the columns of marts that somebody may add up: streams, and money of sales.
var measureColumns = regexp.MustCompile(`^((.*_)?streams(_.*)?|(gross|net|sales)(_usd)?)$`)

// sum is a column of a mart that may be added up, and what its sum must be: a pair that shares a measure.
type sum struct {
	column string // table.column, of curated
	rows   string // which of its rows, or what stands for the table where a value is in several rows
	equals string
}

const (
	everyStream   = "select sum(streams) from curated.streams_daily"
	artistStreams = everyStream + " where artist is not null"
	paidStreams   = "select sum(streams) from curated.royalties"
	grossUSD      = "select sum(gross_usd) from curated.royalties"
	netUSD        = "select sum(net_usd) from curated.royalties"
	salesUSD      = "select sum(gross_usd) from curated.royalties where kind = 'sale'"
	gross         = "select sum(gross) from curated.royalties"
)

// sums lists every pair of sums between marts that share a measure. What streams_daily and royalties
// themselves hold is proved by checks, against the reports and line by line.
var sums = []sum{
	{"streams_daily.streams", "", everyStream},
	{"stream_weeks.streams", "", everyStream},
	{"stream_growth.streams", "where period = 'week'", everyStream},
	{"stream_growth.streams", "where period = 'month'", everyStream},
	{"streams_paid.streams", "", everyStream},
	{"platform_preference.streams", "where artist is null", everyStream},
	{"platform_preference.streams", "where artist is not null", artistStreams},
	{"platform_preference.all_streams", "where artist is null and platform = 'spotify'", everyStream +
		" where month in (select month from curated.platform_preference where artist is null and platform = 'spotify')"},
	{"streams_compared.believed_streams", "(select max(believed_streams) as believed_streams from curated.streams_compared group by date, platform)", everyStream},
	{"features_daily.streams", "", artistStreams},
	{"features_daily.spotify_streams", "", artistStreams + " and platform = 'spotify'"},
	{"features_daily.apple_music_streams", "", artistStreams + " and platform = 'apple_music'"},
	{"revenue_expected.streams", "", openMonths("streams")},
	{"revenue_expected.paid_streams", "", openMonths("paid_streams")},

	{"royalties.streams", "", paidStreams},
	{"statements.streams", "", paidStreams},
	{"revenue_by_track.streams", "", paidStreams},
	{"revenue_by_track.streams_with_rate", "", paidStreams + " where gross_usd is not null"},
	{"revenue_by_store.streams", "", paidStreams},
	{"revenue_by_store.streams_with_rate", "", paidStreams + " where gross_usd is not null"},
	{"revenue_monthly.streams", "", paidStreams},
	{"revenue_per_stream.streams", "", paidStreams + " where platform is not null and gross_usd is not null"},
	{"revenue_per_stream.streams_without_rate", "", "select coalesce(sum(streams), 0) from curated.royalties where platform is not null and gross_usd is null"},
	{"royalty_countries.streams", "", paidStreams},
	{"artist_countries.streams", "", paidStreams},
	{"royalty_recordings.streams", "", paidStreams},
	{"royalty_years.streams", "", paidStreams},
	{"royalty_totals.streams", "", paidStreams},
	{"country_monthly.streams", "", paidStreams},
	{"country_monthly.month_streams", "(select max(month_streams) as month_streams from curated.country_monthly group by month)", paidStreams},
	{"track_performance.statement_streams", "", paidStreams},
	{"streams_below_threshold.streams_12_months", "", paidStreams + " where platform = 'spotify' and isrc is not null" +
		" and sale_month between (select max(first_month) from curated.streams_below_threshold) and (select max(last_month) from curated.streams_below_threshold)"},

	{"royalties.gross_usd", "", grossUSD},
	{"statements.gross_usd", "", grossUSD},
	{"revenue_by_track.gross_usd", "", grossUSD},
	{"revenue_by_store.gross_usd", "", grossUSD},
	{"revenue_monthly.gross_usd", "", grossUSD},
	{"revenue_by_part.gross_usd", "where dimension = 'platform'", grossUSD},
	{"revenue_by_part.gross_usd", "where dimension = 'country'", grossUSD},
	{"revenue_by_part.gross_usd", "where dimension = 'track'", grossUSD},
	{"revenue_by_part.gross_usd", "where dimension = 'distributor'", grossUSD},
	{"revenue_diversification.gross_usd", "where dimension = 'platform'", "select sum(gross_usd) from curated.revenue_diversification where dimension = 'track'"},
	{"revenue_diversification.gross_usd", "where dimension = 'country'", "select sum(gross_usd) from curated.revenue_diversification where dimension = 'distributor'"},
	{
		"revenue_diversification.gross_usd", "where dimension = 'distributor' and reporting_month = (select min(reporting_month) from curated.royalties)",
		grossUSD + " where reporting_month = (select min(reporting_month) from curated.royalties)",
	},
	{"revenue_windows.gross_usd", "where dimension = 'track' and not is_year_ago", "select 12 * sum(gross_usd) from curated.royalties"},
	{"revenue_windows.gross_usd", "where dimension = 'country' and is_year_ago", "select 12 * sum(gross_usd) from curated.royalties"},
	{"royalty_countries.gross_usd", "", grossUSD},
	{"artist_countries.gross_usd", "", grossUSD},
	{"royalty_recordings.gross_usd", "", grossUSD},
	{"royalty_years.gross_usd", "", grossUSD},
	{"royalty_totals.gross_usd", "", grossUSD},
	{"artist_revenue_months.gross_usd", "", grossUSD},
	{"country_monthly.gross_usd", "", grossUSD},
	{"track_performance.gross_usd", "", grossUSD},
	{"release_profit.gross_usd", "", grossUSD},
	{"artists.gross_usd", "", grossUSD + " where artist is not null"},
	{"tracks.gross_usd", "", grossUSD + " where isrc is not null"},
	{"streams_below_threshold.gross_usd", "", "select sum(gross_usd) from curated.royalties where platform = 'spotify' and store_class = 'streaming' and isrc is not null" +
		" and sale_month between (select max(first_month) from curated.streams_below_threshold) and (select max(last_month) from curated.streams_below_threshold)"},

	{"royalties.net_usd", "", netUSD},
	{"statements.net_usd", "", netUSD},
	{"revenue_by_track.net_usd", "", netUSD},
	{"revenue_by_store.net_usd", "", netUSD},
	{"revenue_monthly.net_usd", "", netUSD},
	{"release_profit.net_usd", "", netUSD},

	{"statements.sales_usd", "", salesUSD},
	{"revenue_by_track.sales_usd", "", salesUSD},
	{"revenue_by_store.sales_usd", "", salesUSD},
	{"revenue_monthly.sales_usd", "", salesUSD},
	{"revenue_windows.sales_usd", "where dimension = 'platform' and not is_year_ago", "select 12 * sum(gross_usd) from curated.royalties where kind = 'sale'"},
	{"royalty_countries.sales_usd", "", salesUSD},
	{"revenue_by_part.sales_usd", "where dimension = 'platform'", salesUSD},
	{"revenue_by_part.sales_usd", "where dimension = 'country'", salesUSD},
	{"revenue_by_part.sales_usd", "where dimension = 'track'", salesUSD},
	{"revenue_by_part.sales_usd", "where dimension = 'distributor'", salesUSD},
	{"revenue_per_stream.sales_usd", "", salesUSD + " and store_class = 'streaming' and platform is not null"},
	{"revenue_diversification.sales_usd", "where dimension = 'platform'", "select sum(sales_usd) from curated.revenue_diversification where dimension = 'track'"},
	{"revenue_diversification.sales_usd", "where dimension = 'country'", "select sum(sales_usd) from curated.revenue_diversification where dimension = 'distributor'"},

	{"royalties.gross", "", gross},
	{"statements.gross", "", gross},
	{"revenue_by_track.sales", "", gross + " where kind = 'sale'"},
	{"revenue_by_store.sales", "", gross + " where kind = 'sale'"},
	{"revenue_by_track.gross", "", gross},
	{"revenue_by_store.gross", "", gross},
	{"revenue_monthly.gross", "", gross},
}

// openMonths adds up a column of streams_paid over the rows that revenue_expected has.
func openMonths(column string) string {
	return "select sum(" + column + ") from curated.streams_paid where (month, platform, artist, source, account) in" +
		" (select (month, platform, artist, source, account) from curated.revenue_expected)"
}

// noSums are measures that are no part of a whole, and why. Those that overlap must say so themselves, in
// the column's description: whoever adds them up counts streams twice.
var noSums = map[string]string{
	"streams_reported.streams":                "overlap",
	"stream_months.streams":                   "overlap",
	"streams_compared.streams":                "overlap",
	"track_reported.streams":                  "overlap",
	"track_windows.streams":                   "overlap",
	"track_performance.day_streams":           "overlap",
	"track_performance.window_streams":        "overlap",
	"playlist_months.streams":                 "overlap",
	"playlist_presence.streams":               "overlap",
	"listening_patterns.streams":              "overlap", // with each other: a stream is in one row of each kind
	"release_windows.artist_streams":          "overlap",
	"release_windows.track_streams":           "overlap",
	"release_performance.artist_streams":      "overlap",
	"release_performance.track_streams":       "overlap",
	"unresolved_names.statement_streams":      "a line may have two names that nothing resolves",
	"unresolved_names.daily_streams":          "those of the reporter that saw most",
	"unresolved_names.gross_usd":              "a line may have two names that nothing resolves",
	"payee_lines.gross_usd":                   "of a line with two payees in both their rows",
	"revenue_history.gross_usd":               "of whole months only; artist_revenue_months has them all",
	"revenue_lags.sales_usd":                  "of settled months only, and by distributor and by platform",
	"stream_growth.previous_streams":          "those of another row",
	"platform_preference.streams_change":      "a difference",
	"streams_paid.paid_streams":               "statements of artists and months that somebody reports days of",
	"revenue_expected.open_streams":           "an estimate",
	"revenue_expected.counted_streams":        "an estimate",
	"revenue_variance.due_streams":            "an estimate",
	"streams_below_threshold.streams_missing": "what there is not",
}

// campaignWindows are tables whose streams are those of the days around a campaign: days of two campaigns
// are in both.
var campaignWindows = []string{"curated.ads_roi", "curated.budget_advice"}

// sumsAgree holds every mart of the demo against the marts that share a measure with it. A mart with a
// measure that is in no pair, and not named as none, fails.
func sumsAgree(t *testing.T, l *lake) {
	catalog, err := loadEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	listed, unseen := map[string]bool{}, maps.Clone(noSums)
	var selects []string
	for _, s := range sums {
		listed[s.column] = true
		table, column, _ := strings.Cut(s.column, ".")
		from := "curated." + table + " " + s.rows
		if strings.HasPrefix(s.rows, "(") {
			from = s.rows
		}
		selects = append(selects, "select '"+strings.ReplaceAll(s.column+" "+s.rows, "'", "''")+"', (select sum("+column+") from "+from+")::decimal(38, 12), ("+s.equals+")::decimal(38, 12)")
	}
	for _, row := range l.query(strings.Join(selects, " union all ")) {
		if row[1] != row[2] {
			t.Errorf("the sum of curated.%s is %q, that of its pair %q", row[0], row[1], row[2])
		}
	}
	for _, s := range catalog.Scripts {
		if s.Kind != script.Curated || slices.Contains(campaignWindows, s.Table) {
			continue
		}
		for _, column := range s.Columns {
			name := strings.TrimPrefix(s.Table, "curated.") + "." + column.Name
			if !measureColumns.MatchString(column.Name) || !strings.HasPrefix(column.Type, "DECIMAL(38") && column.Type != "BIGINT" || listed[name] {
				continue
			}
			why, known := noSums[name]
			doc := s.Header.Docs[column.Name]
			switch {
			case !known:
				t.Errorf("curated.%s is in no pair of sums (%s)", name, doc)
			case why == "overlap" && !strings.Contains(doc, "never add"):
				t.Errorf("curated.%s overlaps, and does not say never to add it up: %s", name, doc)
			}
			delete(unseen, name)
		}
	}
	for name := range unseen {
		t.Errorf("curated.%s is listed as no sum, and is none", name)
	}
}
