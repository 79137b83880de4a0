package main

import (
	"fmt"
	"strings"
	"testing"

	"bedrot/extract"
)

// plantedEffects asks the marts for everything that the demo plants, at its true size: within the interval
// that a mart states, else within what the days' noise explains. And for nothing where there is nothing.
func plantedEffects(t *testing.T, l *lake) {
	planted := extract.DemoConfig{}.Effects()
	roi := func(campaign, of, says string) string {
		return fmt.Sprintf("select bool_and(%s) from curated.ads_roi where campaign_key like '%%/%s' and streams_of = '%s' and stream_platform = 'spotify'", says, campaign, of)
	}
	advice := func(campaign, says string) string {
		return fmt.Sprintf("select bool_and(%s) from curated.budget_advice where campaign_key like '%%/%s'", says, campaign)
	}
	backtest := func(artist, says string) string {
		return fmt.Sprintf("select bool_and(%s) from curated.forecast_backtest where artist = '%s' and platform = 'soundcloud'", says, artist)
	}
	const found = "verdict = 'more streams' and extra_streams_low <= %[1]g * expected_streams and extra_streams_high >= %[1]g * expected_streams and money_verdict = 'earned more'"
	const nothing = "verdict = 'no difference seen' and extra_streams_low <= 0 and extra_streams_high >= 0 and money_verdict = 'earned less'"
	var questions []string
	for effect, sql := range map[string]string{
		"the campaign that works":                roi(planted.WorkingCampaign, "artist", fmt.Sprintf(found, planted.Uplift)),
		"its track":                              roi(planted.WorkingCampaign, "track", fmt.Sprintf(found, planted.Uplift/planted.TrackShare)),
		"its budget":                             advice(planted.WorkingCampaign, "advice = 'raise' and change_pct = 20 and decided_by = 'money'"),
		"the campaign that brings nothing":       roi(planted.IdleCampaign, "artist", nothing),
		"the track that it brings nothing":       roi(planted.IdleCampaign, "track", nothing),
		"the budget of what brings nothing":      advice(planted.IdleCampaign, "advice = 'lower' and change_pct = -20 and decided_by = 'money'"),
		"the campaigns that run at once":         "select count(*) = 3 from curated.ads_roi where streams_of = 'artist' and other_campaigns > 0 and verdict = 'the data cannot tell' and extra_revenue_usd is null",
		"the season, against last year's months": backtest(planted.SeasonalArtist, "model = 'trend and season' and benchmark = 'seasonal naive' and method = model and model_mae_usd <= benchmark_mae_usd"),
		"the season's size": fmt.Sprintf(`select bool_and(abs(season_usd / %g - 1) < 0.1 and method = 'trend and season') from curated.revenue_forecast
			where artist = '%s' and right(sale_month, 2) = '12'`, planted.SeasonUSD, planted.SeasonalArtist),
		"the band about the season": fmt.Sprintf(`select count(*) = 6 and bool_and(low_95_usd < forecast_usd and high_95_usd - low_95_usd < %g) from curated.revenue_forecast
			where artist = '%s' and is_forecast`, planted.SeasonUSD, planted.SeasonalArtist),
		"noise, where no season helps":  backtest(planted.NoisyArtist, "benchmark = 'seasonal naive' and method = benchmark and model_mae_usd >= benchmark_mae_usd and benchmark_mae_usd > 0"),
		"what noise is forecast by":     fmt.Sprintf("select bool_and(method = 'seasonal naive') from curated.revenue_forecast where artist = '%s'", planted.NoisyArtist),
		"the viral post, and no other":  fmt.Sprintf("select count(*) = 1 and bool_and(content_id = '%s') from curated.content_performance where viral_score > 3", planted.ViralPost),
		"how far it went beyond itself": fmt.Sprintf("select bool_and(viral_score / %g between 0.2 and 2) from curated.content_performance where content_id = '%s'", planted.ViralTimes, planted.ViralPost),
		"the platform that shrinks": fmt.Sprintf(`select count(*) >= 6 and abs(exp(regr_slope(ln(streams / period_days), date_diff('month', date '2024-01-01', period_start))) - 1 - %g) < 0.01
			from curated.stream_growth where platform = '%s' and source = 'distrokid' and period = 'month' and not is_partial`, planted.MonthlyChange, planted.ShrinkingPlatform),
		"its growth": fmt.Sprintf("select median(growth_pct) between %[1]g - 3 and %[1]g + 3 from curated.stream_growth where platform = '%[2]s' and source = 'distrokid' and period = 'month'",
			100*planted.MonthlyChange, planted.ShrinkingPlatform),
		"a platform that does not shrink": "select median(growth_pct) > 0 from curated.stream_growth where platform = 'spotify' and artist = 'ZONE A0' and period = 'month'",
		"the artist below the threshold": fmt.Sprintf("select count(*) = 1 and bool_and(verdict = 'below' and streams_12_months = %d) from curated.streams_below_threshold where artist = '%s'",
			12*planted.TinyStreams, planted.TinyArtist),
		"money it will not get": fmt.Sprintf("select sum(open_streams) > 0 and bool_and(below_threshold_share = 1 and expected_usd = 0) from curated.revenue_expected where artist = '%s' and platform = 'spotify'",
			planted.TinyArtist),
		"money others will get": "select bool_and(below_threshold_share < 0.5 and expected_usd > 0) from curated.revenue_expected where artist in ('ZONE A0', 'PIG1987') and platform = 'spotify' and open_streams > 0",
	} {
		questions = append(questions, fmt.Sprintf("select '%s' as effect, (%s) as is_found", strings.ReplaceAll(effect, "'", "''"), sql))
	}
	for _, row := range l.query(strings.Join(questions, " union all ")) {
		if row[1] != "true" {
			t.Errorf("the marts do not find %s", row[0])
		}
	}
}
