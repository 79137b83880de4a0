package fake

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// MetaCampaign is a campaign with its ad set and ads, which run from Since on until Until; zero is always.
type MetaCampaign struct {
	ID, Name, Status, Adset string
	Ads                     []MetaAd
	Since, Until            time.Time
}

// MetaAd is an ad.
type MetaAd struct{ ID, Name, Status string }

// metaCampaigns are those of the demo: one that always runs, with an ad that was deleted; one that is over
// and archived; and a recent one.
func metaCampaigns(now time.Time) []MetaCampaign {
	ad := func(n int, status string) MetaAd {
		return MetaAd{fmt.Sprint(120211234567890789 + n), fmt.Sprint("hook ", n), status}
	}
	return []MetaCampaign{
		{
			ID: "120211234567890123", Name: "ZONE A0 - GLASS HARBOR", Status: "ACTIVE", Adset: "120211234567890456",
			Ads: []MetaAd{ad(0, "ACTIVE"), ad(1, "ACTIVE"), ad(2, "PAUSED"), ad(5, "DELETED")},
		},
		{
			ID: "120211234567890124", Name: "PIG1987 - LOW ORBIT - BROAD", Status: "ARCHIVED", Adset: "120211234567890457",
			Ads: []MetaAd{ad(3, "ARCHIVED")}, Until: now.AddDate(0, 0, -12),
		},
		{
			ID: "120211234567890125", Name: "PIG1987 - SALT & STATIC - TECHNO - Copy", Status: "PAUSED", Adset: "120211234567890458",
			Ads: []MetaAd{ad(4, "CAMPAIGN_PAUSED")}, Since: now.AddDate(0, 0, -20),
		},
	}
}

func (f *Metaads) zone() *time.Location {
	zone, err := time.LoadLocation(f.cfg.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

func (f *Metaads) offset() float64 {
	_, seconds := f.cfg.Now().In(f.zone()).Zone()
	return float64(seconds) / 3600
}

// today is the account's day, as a date.
func (f *Metaads) today() time.Time {
	year, month, day := f.cfg.Now().In(f.zone()).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// metaFigures are what a line tells, in cents and whole numbers.
type metaFigures struct{ cents, impressions, reach, clicks, links, buys int }

func (a *metaFigures) add(b metaFigures) {
	a.cents, a.impressions, a.reach = a.cents+b.cents, a.impressions+b.impressions, a.reach+b.reach
	a.clicks, a.links, a.buys = a.clicks+b.clicks, a.links+b.links, a.buys+b.buys
}

func (a metaFigures) times(share float64) metaFigures {
	part := func(n int) int { return int(float64(n) * share) }
	return metaFigures{part(a.cents), part(a.impressions), part(a.reach), part(a.clicks), part(a.links), part(a.buys)}
}

// metaFigures are an ad's on a day as they are known now: what was bought is ascribed within 28 days, what
// was spent is corrected a little on the day after, and a day that is not over has had some of its hours.
func (f *Metaads) metaFigures(c MetaCampaign, ad MetaAd, day time.Time) (a metaFigures, delivered bool) {
	age := int(f.today().Sub(day).Hours() / 24)
	if age < 0 || day.Before(f.cfg.Since.Truncate(24*time.Hour)) || !c.Since.IsZero() && day.Before(c.Since.Truncate(24*time.Hour)) || !c.Until.IsZero() && day.After(c.Until) {
		return a, false
	}
	seed := f.cfg.Seed
	for _, b := range []byte(ad.ID) {
		seed = (seed ^ uint64(b)) * 0x100000001b3
	}
	chance := rand.New(rand.NewPCG(seed, uint64(day.Unix()/86400)))
	if chance.IntN(20) == 0 {
		return a, false
	}
	cents := 300 + chance.IntN(400)
	a = metaFigures{cents: cents, impressions: cents*3 + chance.IntN(90), reach: cents*2 + chance.IntN(60), clicks: cents/9 + chance.IntN(9), links: cents / 12, buys: 10 + chance.IntN(40)}
	switch age {
	case 0:
		a = a.times(float64(f.cfg.Now().In(f.zone()).Hour()) / 24)
	case 1:
		a.cents = a.cents * 98 / 100
	}
	known := 100
	switch {
	case age < 7:
		known = 80 + 17*max(0, age-1)/6
	case age < 28:
		known = 97 + 3*(age-7)/21
	}
	a.buys = a.buys * known / 100
	return a, a.cents > 0
}

// metaShares are the parts of a breakdown and their shares in per cent; nil is one that does not exist.
func metaShares(breakdown string) []metaShare {
	switch breakdown {
	case "":
		return []metaShare{{"", 100}}
	case "age,gender":
		return []metaShare{{"18-24,female", 20}, {"18-24,male", 15}, {"25-34,female", 25}, {"25-34,male", 30}, {"35-44,unknown", 10}}
	case "country":
		return []metaShare{{"US", 50}, {"MX", 30}, {"DE", 20}}
	case "publisher_platform":
		return []metaShare{{"instagram", 70}, {"facebook", 30}}
	}
	return nil
}

type metaShare struct {
	values  string
	percent int
}

// rows are a report's lines. A coarser level tells what its deleted ads spent, too; a level's own deleted
// objects are told only to who asks for them.
func (f *Metaads) rows(a metaAsk) []map[string]any {
	rows := []map[string]any{}
	for day := a.since; !day.After(a.until); day = day.AddDate(0, 0, 1) {
		for _, c := range f.cfg.Campaigns {
			groups := [][]MetaAd{c.Ads}
			if a.level == "ad" {
				groups = nil
				for _, ad := range c.Ads {
					groups = append(groups, []MetaAd{ad})
				}
			}
			for _, ads := range groups {
				status := c.Status
				if a.level == "ad" {
					status = ads[0].Status
				}
				if a.statuses == nil && status == "DELETED" || a.statuses != nil && !slices.Contains(a.statuses, status) {
					continue
				}
				rows = append(rows, f.lines(a, c, ads, day)...)
			}
		}
	}
	return rows
}

// lines are those of an object and day, one for each part of the breakdown; they add up.
func (f *Metaads) lines(a metaAsk, c MetaCampaign, ads []MetaAd, day time.Time) (rows []map[string]any) {
	var all metaFigures
	some := false
	for _, ad := range ads {
		one, delivered := f.metaFigures(c, ad, day)
		all.add(one)
		some = some || delivered
	}
	if !some {
		return nil
	}
	left, shares := all, metaShares(a.breakdown)
	for i, share := range shares {
		part := all.times(float64(share.percent) / 100)
		if i == len(shares)-1 {
			part = left
		}
		left.add(part.times(-1))
		row := f.line(c, day, part)
		if a.level != "campaign" {
			row["adset_id"], row["adset_name"], row["attribution_setting"] = c.Adset, "New Engagement Ad Set", "7d_click_1d_view"
		}
		if a.level == "ad" {
			row["ad_id"], row["ad_name"] = ads[0].ID, ads[0].Name
		}
		for j, value := range strings.Split(share.values, ",") {
			if a.breakdown != "" {
				row[strings.Split(a.breakdown, ",")[j]] = value
			}
		}
		rows = append(rows, project(row, a.fields))
	}
	return rows
}

func (f *Metaads) line(c MetaCampaign, day time.Time, n metaFigures) map[string]any {
	row := map[string]any{
		"account_id": f.cfg.Account, "account_currency": f.cfg.Currency, "campaign_id": c.ID, "campaign_name": c.Name, "objective": "OUTCOME_TRAFFIC",
		"spend": fmt.Sprintf("%d.%02d", n.cents/100, n.cents%100), "impressions": fmt.Sprint(n.impressions), "reach": fmt.Sprint(n.reach),
		"clicks": fmt.Sprint(n.clicks), "date_start": day.Format(time.DateOnly), "date_stop": day.Format(time.DateOnly),
	}
	actions := []map[string]any{}
	for _, action := range []struct {
		kind string
		n    int
	}{{"link_click", n.links}, {"post_engagement", n.links + n.clicks}, {"offsite_conversion.fb_pixel_custom", n.buys}} {
		if action.n > 0 { // what is nothing is left out
			actions = append(actions, map[string]any{"action_type": action.kind, "value": fmt.Sprint(action.n)})
		}
	}
	if len(actions) > 0 {
		row["actions"] = actions
	}
	if n.links > 0 {
		row["inline_link_clicks"] = fmt.Sprint(n.links)
	}
	return row
}

// Spent is what an ad's campaign spent on a day in cents, as known now: what a client should have landed.
func (f *Metaads) Spent(campaign string, day time.Time) (cents int) {
	for _, c := range f.cfg.Campaigns {
		for _, ad := range c.Ads {
			if c.ID == campaign {
				one, _ := f.metaFigures(c, ad, day)
				cents += one.cents
			}
		}
	}
	return cents
}

var metaEdges = map[string]string{
	"campaigns":   "id,account_id,name,objective,status,effective_status,buying_type,daily_budget,lifetime_budget,budget_remaining,spend_cap,bid_strategy,special_ad_categories,start_time,stop_time,created_time,updated_time",
	"adsets":      "id,account_id,campaign_id,name,optimization_goal,billing_event,bid_strategy,bid_amount,status,effective_status,daily_budget,lifetime_budget,budget_remaining,attribution_spec,targeting,start_time,end_time,created_time,updated_time",
	"ads":         "id,account_id,campaign_id,adset_id,name,creative,status,effective_status,created_time,updated_time",
	"adcreatives": "id,account_id,name,title,body,object_story_spec,effective_object_story_id,image_url,thumbnail_url,video_id,call_to_action_type,url_tags,instagram_permalink_url,status",
}

// objects answers with a list; what is archived or deleted is in it only when its status is asked for.
func (f *Metaads) objects(w http.ResponseWriter, path, edge string, query url.Values, refuse refusal) {
	known, there := metaEdges[edge]
	if !there {
		f.Complain("%s is unknown", edge)
		refuse(400, 100, 0, "Unknown path components: /"+edge)
		return
	}
	f.only(query, "fields", "effective_status", "limit", "after")
	fields, ok := f.fields(query, known, refuse)
	if !ok {
		return
	}
	var statuses []string
	if text := query.Get("effective_status"); text != "" {
		if edge == "adcreatives" {
			f.Complain("creatives have no filter")
		}
		if json.Unmarshal([]byte(text), &statuses) != nil {
			f.Complain("effective_status %s", text)
			refuse(400, 100, 0, "Param effective_status must be an array")
			return
		}
	}
	rows := []map[string]any{}
	for _, row := range f.list(edge) {
		status, _ := row["effective_status"].(string)
		gone := status == "ARCHIVED" || status == "DELETED"
		if edge == "adcreatives" || statuses == nil && !gone || slices.Contains(statuses, status) {
			rows = append(rows, project(row, append(fields, "id")))
		}
	}
	f.page(w, path, query, rows, refuse)
}

func (f *Metaads) list(edge string) (rows []map[string]any) {
	base := func(id, name, status string) map[string]any {
		shown := strings.TrimPrefix(status, "CAMPAIGN_")
		return map[string]any{
			"id": id, "account_id": f.cfg.Account, "name": name, "status": shown, "effective_status": status,
			"created_time": "2024-01-30T11:02:33-0800", "updated_time": "2024-02-01T00:00:00-0800",
		}
	}
	with := func(row map[string]any, more map[string]any) {
		for name, value := range more {
			row[name] = value
		}
		rows = append(rows, row)
	}
	for _, c := range f.cfg.Campaigns {
		switch edge {
		case "campaigns":
			with(base(c.ID, c.Name, c.Status), map[string]any{"objective": "OUTCOME_TRAFFIC", "buying_type": "AUCTION", "daily_budget": "2500", "budget_remaining": "1130", "special_ad_categories": []any{}, "start_time": "2024-02-01T00:00:00-0800"})
		case "adsets":
			with(base(c.Adset, "New Engagement Ad Set", c.Status), map[string]any{"campaign_id": c.ID, "optimization_goal": "OFFSITE_CONVERSIONS", "billing_event": "IMPRESSIONS", "daily_budget": "500"})
		}
		for _, ad := range c.Ads {
			creative := "2" + ad.ID
			switch edge {
			case "ads":
				with(base(ad.ID, ad.Name, ad.Status), map[string]any{"campaign_id": c.ID, "adset_id": c.Adset, "creative": map[string]any{"id": creative}})
			case "adcreatives":
				with(base(creative, ad.Name, "ACTIVE"), map[string]any{"title": "out now", "body": "listen", "thumbnail_url": "https://example.com/t.jpg?_nc_rid=1", "call_to_action_type": "LISTEN_MUSIC"})
			}
		}
	}
	return rows
}
