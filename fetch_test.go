package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bedrot/extract"
	"bedrot/extract/fake"
	"bedrot/zones"
)

const twoAccounts = "[accounts]\ntiktok = [\"zone_a0\", \"pig1987\"]\n"

func TestANightIsFetchedBuiltAndAnswered(t *testing.T) {
	needsChromium(t)
	n := newNight(t, twoAccounts+"[extract]\nparallel = 6\n")
	n.tiktokLogins()
	n.tables("staging.metaads__ad_performance", "staging.youtube__days", "staging.youtube__channels", "staging.distrokid__sales")
	limited, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	n.ctx = limited
	n.meet("metaads", "youtube", "mailchimp", "distrokid", "toolost", "tiktok")
	report := n.fetch("run", "--since", since)
	if report.code != 0 || report.Status != "done" {
		t.Fatalf("exit %d, %s: %+v", report.code, report.Status, report.Result.Findings)
	}
	opened, err := zones.Open(n.root, "", zones.Files{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, source := range extract.Sources() {
		for _, stream := range source.Streams {
			for _, account := range opened.Config.AccountsOf(source.Name) {
				if extract.Fetched(source, stream.Name) {
					want[source.Name+"/"+stream.Name+":"+account] = "landed"
				}
			}
		}
	}
	want["youtube/channel_basic:main"] = "nothing" // the job is made tonight; its first file comes in a day or two
	if got := report.streams(); !maps.Equal(got, want) {
		t.Errorf("fetched %v\nwanted %v", got, want)
	}
	for _, e := range report.Fetched {
		if e.Status == "landed" && (e.Drop == "" || *e.BytesIn == 0 || e.Door == "api" && *e.Requests == 0) {
			t.Errorf("%+v", e)
		}
	}
	n.equal("select count(*) from meta.fetches", fmt.Sprint(len(report.Fetched)))
	n.equal("select count(distinct (source, stream, account, drop_id)) from meta.fetches where outcome = 'landed'", fmt.Sprint(n.drops()))

	t.Run("every source is queried", func(t *testing.T) {
		day := time.Date(2025, time.July, 10, 0, 0, 0, 0, time.UTC)
		n.equal("select (sum(spend) * 100)::bigint from staging.metaads__ad_performance where campaign_id = '120211234567890123' and date = '2025-07-10'", fmt.Sprint(n.live.Metaads.Spent("120211234567890123", day)))
		n.equal("select sum(views) from staging.youtube__days where date = '2025-07-10'", fmt.Sprint(n.live.Youtube.ViewsOn(n.one("select any_value(channel_id) from staging.youtube__channels"), day)))
		for _, table := range []string{"raw.mailchimp__lists", "staging.distrokid__sales", "raw.distrokid__streams", "raw.toolost__spotify"} {
			if n.one("select count(*) from "+table) == "0" {
				t.Errorf("%s is empty", table)
			}
		}
		n.equal("select string_agg(distinct account, ' ' order by account) from raw.tiktok__overview", "pig1987 zone_a0")
	})
	t.Run("at once again nothing is due", func(t *testing.T) {
		before, calls := n.state(), n.calls()
		n.later(time.Minute)
		again := n.fetch("run", "--since", since)
		// Of a job without a file nothing remembers that it was asked.
		if asked := again.streams(); again.code != 0 || !maps.Equal(asked, map[string]string{"youtube/channel_basic:main": "nothing"}) || n.calls() > calls+3 {
			t.Errorf("exit %d, %d calls: %v", again.code, n.calls()-calls, asked)
		}
		if changed := differences(before, n.state()); len(changed) > 0 {
			t.Errorf("changed: %v", changed)
		}
	})
	n.well()
	n.silent()
}

// asked are the windows of a stream that were fetched, as since..until, sorted.
func (r told) asked(source, stream string) (windows []string) {
	for _, e := range r.Fetched {
		if e.Source == source && e.Stream == stream {
			windows = append(windows, e.Since+".."+e.Until)
		}
	}
	slices.Sort(windows)
	return windows
}

func TestMissedNightsAndRestatedDays(t *testing.T) {
	n := newNight(t, "")
	n.catalog = embeddedCatalog(t).For([]string{"staging.metaads__ad_performance"})
	n.settings(func(source string) bool { return source == "metaads" })
	run := func(wanted ...string) {
		t.Helper()
		report := n.fetch("run", "--since", since, "--only", "metaads/insights", "--only", "metaads/account")
		if got := report.asked("metaads", "insights"); report.code != 0 || !slices.Equal(got, wanted) {
			t.Fatalf("exit %d, %v, wanted %v: %+v", report.code, got, wanted, report.Result.Findings)
		}
	}
	run("2025-06-08..2025-07-08", "2025-07-09..2025-07-28")
	missed := func() string {
		return n.one("select count(distinct date) from staging.metaads__ad_performance where date between '2025-07-29' and '2025-08-01'")
	}
	n.later(4 * 24 * time.Hour) // the nights of 29, 30 and 31 July did not happen
	// A day is final 29 days after it: on 28 July all up to 29 June were.
	run("2025-06-30..2025-07-30", "2025-07-31..2025-08-01")
	if got := missed(); got != "4" && got != "3" { // it is still 31 July in Los Angeles
		t.Errorf("%s of the missed days are there", got)
	}
	run() // caught up once

	t.Run("a restated window changes the days that changed", func(t *testing.T) {
		days := func() map[string]int {
			all := map[string]int{}
			for day := n.now.AddDate(0, 0, -40).Truncate(24 * time.Hour); !day.After(n.now); day = day.AddDate(0, 0, 1) {
				for _, campaign := range []string{"120211234567890123", "120211234567890124", "120211234567890125"} {
					all[day.Format(time.DateOnly)] += n.live.Metaads.Spent(campaign, day)
				}
			}
			return all
		}
		before := days()
		n.later(24 * time.Hour)
		want := map[string]bool{"2025-07-20": true} // which Meta restates without a word
		for day, cents := range days() {
			if before[day] != cents {
				want[day] = true
			}
		}
		if len(want) < 3 || len(want) > 5 { // that one, the day that was running, the one before, and the new one
			t.Fatalf("%v changed", want)
		}
		n.live.Metaads.Inject(fake.Fault{Match: "/insights", Times: -1, Change: restated("2025-07-20")})
		run("2025-07-04..2025-08-02")
		var diff struct {
			Added, Removed, Changed int64
			Rows                    []map[string]any
		}
		said := n.ok("--json", "diff", "--limit", "1000", "staging.metaads__ad_performance")
		if err := json.Unmarshal([]byte(said.out), &diff); err != nil {
			t.Fatalf("%v\n%.500s", err, said.out)
		}
		got := map[string]bool{}
		for _, row := range diff.Rows {
			got[fmt.Sprintf("%.10s", row["date"])] = true
		}
		if !maps.Equal(got, want) || diff.Removed > 0 {
			t.Errorf("diff shows %v, wanted %v (%d added, %d removed, %d changed)", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)), diff.Added, diff.Removed, diff.Changed)
		}
	})
	n.well()
	n.silent()
}

// restated gives every line of a day some clicks more.
func restated(day string) func([]byte) []byte {
	return func(answer []byte) []byte {
		var page map[string]any
		if err := json.Unmarshal(answer, &page); err != nil {
			return answer
		}
		lines, _ := page["data"].([]any)
		for _, line := range lines {
			if line, ok := line.(map[string]any); ok && line["date_start"] == day {
				line["clicks"] = "1" + fmt.Sprint(cmp.Or(line["clicks"], any("0")))
			}
		}
		text, err := json.Marshal(page)
		if err != nil {
			return answer
		}
		return text
	}
}

// TestDemoLive fetches the first night of the demo as bedrot demo --live does.
func TestDemoLive(t *testing.T) {
	if os.Getenv("BEDROT_CRASH") != "full" {
		t.Skip("TestANightIsFetchedBuiltAndAnswered asks the same servers")
	}
	needsChromium(t)
	n := &night{lake: &lake{t: t, root: filepath.Join(t.TempDir(), "demo"), now: time.Now(), ctx: t.Context()}}
	n.tables()
	engine := sharedChromium(t)
	n.fetcher = func(r *extract.Runner) {
		r.Chromium = engine
		for i := range r.Sources {
			r.Sources[i].API.Policy.PerSecond = 0
		}
	}
	said := n.want(0, []string{"night 1 of 1", "published"}, "demo", "--live", "--nights", "1", n.root)
	n.equal("select string_agg(distinct source, ' ' order by source) from meta.fetches where outcome = 'landed'", "distrokid mailchimp metaads tiktok toolost youtube")
	n.equal("select count(*) from meta.fetches where outcome not in ('landed', 'nothing')", "0")
	for _, name := range []string{"metaads/insights:main", "tiktok/overview:pig1987", "youtube/analytics:main"} {
		if !strings.Contains(said.err, name) {
			t.Errorf("the night does not say %s", name)
		}
	}
	n.want(2, []string{"--nights 5"}, "demo", "--nights", "5", n.root+"5")
	if _, err := os.Stat(n.root + "5"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a demo that was refused left something: %v", err)
	}
}
