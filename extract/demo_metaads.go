package extract

import (
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
)

const (
	demoAdAccount = "1010035716096012"
	demoCampaign  = "120211234567890123"
	demoAdset     = "120211234567890456"
)

// metaCampaign is a campaign with its ads, numbered over all campaigns.
type metaCampaign struct {
	id, name, adset string
	track           string // in the name
	firstAd, ads    int
	// percent of what the first one spends on an ad.
	percent int
	// night in whose fortnight it ran; 0 when it always did.
	night int
}

// metaCampaigns are one that always runs; one that brings PIG1987 two streams more for every five
// (streamsOn knows), for so little money that they pay for it; and one that brings nothing.
func (c DemoConfig) metaCampaigns() []metaCampaign {
	return []metaCampaign{
		{id: demoCampaign, name: "ZONE A0 - GLASS HARBOR", adset: demoAdset, track: "GLASS HARBOR", ads: 3, percent: 100},
		{id: "120211234567890124", name: "PIG1987 - LOW ORBIT - BROAD", adset: "120211234567890457", track: "LOW ORBIT", firstAd: 3, ads: 1, percent: 20, night: 2},
		{id: "120211234567890125", name: "PIG1987 - SALT & STATIC - TECHNO - Copy", adset: "120211234567890458", track: "SALT & STATIC", firstAd: 4, ads: 1, percent: 100, night: 4},
	}
}

// runs says whether the campaign ran on a day.
func (m metaCampaign) runs(c DemoConfig, day time.Time) bool {
	if m.night == 0 {
		return true
	}
	last := midnight(c.asOf(m.night)).AddDate(0, 0, -1)
	return !day.After(last) && day.After(last.AddDate(0, 0, -14))
}

// demoMetaads yields the last fortnight's insights at two levels every night, in which the newest days are
// corrected later, the objects, and an export of the Ads Manager now and then.
func demoMetaads(config DemoConfig) iter.Seq[Delivery] {
	c := config.withDefaults()
	return func(yield func(Delivery) bool) {
		for night := 1; night <= DemoNights; night++ {
			at := c.asOf(night)
			stamp := at.Format("20060102_150405")
			last := midnight(at).AddDate(0, 0, -1)
			list := []Delivery{
				{Stream: "insights", Name: "insights_ads_" + stamp + ".json", Write: c.metaPages(last)},
				{Stream: "insights", AsOf: at.Add(time.Minute), Name: "insights_adsets_" + at.Add(time.Minute).Format("20060102_150405") + ".json", Write: jsonText(func() any { return paged(c.metaInsights(last, false)...) })},
				{Stream: "campaigns", Name: "campaigns_" + stamp + ".json", Write: jsonText(func() any {
					return paged(map[string]any{
						"id": demoCampaign, "account_id": demoAdAccount, "name": "ZONE A0 - GLASS HARBOR", "objective": "OUTCOME_TRAFFIC", "status": "ACTIVE",
						"effective_status": "ACTIVE", "buying_type": "AUCTION", "daily_budget": "2500", "start_time": "2024-02-01T00:00:00-0800",
						"created_time": "2024-01-30T11:02:33-0800", "updated_time": "2024-02-01T00:00:00-0800",
					})
				})},
				{Stream: "adsets", Name: "adsets_" + stamp + ".json", Write: jsonText(func() any {
					return paged(map[string]any{
						"id": demoAdset, "account_id": demoAdAccount, "name": "New Engagement Ad Set", "campaign_id": demoCampaign, "optimization_goal": "OFFSITE_CONVERSIONS",
						"billing_event": "IMPRESSIONS", "daily_budget": "500", "status": "ACTIVE", "effective_status": "ACTIVE",
					})
				})},
				{Stream: "ads", Name: "ads_" + stamp + ".json", Write: jsonText(func() any {
					return paged(map[string]any{
						"id": demoAd(0), "account_id": demoAdAccount, "name": "hook 0", "adset_id": demoAdset, "campaign_id": demoCampaign,
						"creative": map[string]any{"id": "120211234567891111"}, "status": "ACTIVE", "effective_status": "ACTIVE",
					})
				})},
				{Stream: "creatives", Name: "creatives_" + stamp + ".json", Write: jsonText(func() any {
					return paged(map[string]any{"id": "120211234567891111", "name": "hook 0", "title": "out now", "body": "listen", "thumbnail_url": "https://example.com/t.jpg"})
				})},
				{Stream: "account", Name: "account_" + stamp + ".json", Write: jsonText(func() any {
					return map[string]any{
						"id": "act_" + demoAdAccount, "account_id": demoAdAccount, "name": "Label", "currency": "USD", "timezone_name": "America/Los_Angeles",
						"timezone_offset_hours_utc": -8, "account_status": 1, "amount_spent": "533950",
					}
				})},
			}
			if night%2 == 0 {
				list = append(list, Delivery{Stream: "manager", Name: "Label-Ads-" + stamp + ".csv", Write: text(func() string { return c.metaManager(last, night) })})
			}
			for _, d := range list {
				d.Night, d.Account = night, demoAccount
				if d.AsOf.IsZero() {
					d.AsOf = at
				}
				if !yield(d) {
					return
				}
			}
		}
	}
}

func demoAd(n int) string { return fmt.Sprint(120211234567890789 + n) }

// paged is an answer of the Graph API.
func paged(rows ...map[string]any) any {
	return map[string]any{"data": rows, "paging": map[string]any{"cursors": map[string]any{"before": "MAZDZD", "after": "MjQZD"}}}
}

// metaCents is what an ad spent on a day; what is reported on the day after grows a little.
func (c DemoConfig) metaCents(campaign metaCampaign, day, last time.Time, ad int) int {
	cents := (300 + c.chance("meta", int(day.Unix()/86400)*4+ad).IntN(400)) * campaign.percent / 100
	if day.Equal(last) {
		cents = cents * 9 / 10
	}
	return cents
}

// metaPages are the ads' insights in two pages, one after the other, as they are fetched.
func (c DemoConfig) metaPages(last time.Time) func(io.Writer) error {
	return func(w io.Writer) error {
		rows := c.metaInsights(last, true)
		for _, page := range [][]map[string]any{rows[:25], rows[25:]} {
			if err := jsonText(func() any { return paged(page...) })(w); err != nil {
				return err
			}
		}
		return nil
	}
}

func (c DemoConfig) metaInsights(last time.Time, byAd bool) []map[string]any {
	var rows []map[string]any
	for day := last.AddDate(0, 0, -13); !day.After(last); day = day.AddDate(0, 0, 1) {
		for _, campaign := range c.metaCampaigns() {
			if !campaign.runs(c, day) {
				continue
			}
			all := 0
			for ad := campaign.firstAd; ad < campaign.firstAd+campaign.ads; ad++ {
				cents := c.metaCents(campaign, day, last, ad)
				all += cents
				if byAd {
					row := metaRow(campaign, day, cents)
					row["ad_id"], row["ad_name"] = demoAd(ad), fmt.Sprint("hook ", ad)
					rows = append(rows, row)
				}
			}
			if !byAd {
				rows = append(rows, metaRow(campaign, day, all))
			}
		}
	}
	return rows
}

func metaRow(campaign metaCampaign, day time.Time, cents int) map[string]any {
	return map[string]any{
		"account_id": demoAdAccount, "account_currency": "USD", "campaign_id": campaign.id, "campaign_name": campaign.name,
		"adset_id": campaign.adset, "adset_name": "New Engagement Ad Set", "objective": "OUTCOME_TRAFFIC",
		"spend": fmt.Sprintf("%d.%02d", cents/100, cents%100), "impressions": fmt.Sprint(cents * 3), "reach": fmt.Sprint(cents * 2),
		"clicks": fmt.Sprint(cents / 9), "inline_link_clicks": fmt.Sprint(cents / 12), "date_start": isoDay(day), "date_stop": isoDay(day),
		"actions": []map[string]any{
			{"action_type": "link_click", "value": fmt.Sprint(cents / 12)},
			{"action_type": "post_engagement", "value": fmt.Sprint(cents / 10)},
		},
	}
}

// metaManager is a fortnight as the Ads Manager exports it: the total first, without a name.
func (c DemoConfig) metaManager(last time.Time, night int) string {
	var file strings.Builder
	header := "Campaign name,Reporting starts,Reporting ends,Amount spent (USD),Impressions,Reach,Results\n"
	if night == DemoNights {
		header = "Nom de la campagne,Début des rapports,Fin des rapports,Montant dépensé (USD),Impressions,Couverture,Résultats\n"
	}
	file.WriteString(header)
	line := func(name string, first time.Time, cents int) {
		fmt.Fprintf(&file, "%s,%s,%s,%d.%02d,\"%d,%03d\",%d,-\n", name, isoDay(first), isoDay(last), cents/100, cents%100, cents/1000, cents%1000, cents/2)
	}
	first, all := last.AddDate(0, 0, -13), 0
	spent := map[string]int{}
	for day := first; !day.After(last); day = day.AddDate(0, 0, 1) {
		for _, campaign := range c.metaCampaigns() {
			for ad := campaign.firstAd; campaign.runs(c, day) && ad < campaign.firstAd+campaign.ads; ad++ {
				cents := c.metaCents(campaign, day, last, ad)
				spent[campaign.name], all = spent[campaign.name]+cents, all+cents
			}
		}
	}
	line("", first, all)
	for _, campaign := range c.metaCampaigns() {
		if spent[campaign.name] > 0 {
			line(campaign.name, first, spent[campaign.name])
		}
	}
	return file.String()
}
