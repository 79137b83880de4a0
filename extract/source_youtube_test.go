package extract

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bedrot/extract/api"
	"bedrot/extract/fake"
	"bedrot/zones"
)

// tube is a world whose service is the fake of YouTube, and whose waits move the clock.
type tube struct {
	*world
	fake *fake.Youtube
	url  string

	clock sync.Mutex
	at    time.Time
}

func (y *tube) clockNow() time.Time {
	y.clock.Lock()
	defer y.clock.Unlock()
	return y.at
}

func (y *tube) pass(d time.Duration) {
	y.clock.Lock()
	defer y.clock.Unlock()
	y.at = y.at.Add(d)
}

// newTube has two channels with three videos each, unless change says otherwise.
func newTube(t *testing.T, change func(*fake.YoutubeConfig), accounts ...string) *tube {
	t.Helper()
	y := &tube{world: newWorld(t), at: worldNow}
	config := fake.YoutubeConfig{Seed: 7, Now: y.clockNow, ClientSecret: "canary-client-secret", ClientID: "client-1"}
	for i, name := range []string{"zone_a0", "pig1987"} {
		channel := fake.YoutubeChannel{ID: "UC" + strings.Repeat(strings.ReplaceAll(name, "_", "-"), 4)[:22], Title: name, Login: "1//canary-login-" + name}
		for n := range 3 {
			channel.Videos = append(channel.Videos, fake.YoutubeVideo{
				ID: fmt.Sprintf("-video_%d_%d", i, n), Title: fmt.Sprintf("Video %d", n), Daily: 300 * (n + 1), Published: worldNow.AddDate(0, 0, -100*n-20), NoComments: n == 1, NoLikes: n == 2, Live: n == 2,
			})
		}
		config.Channels = append(config.Channels, channel)
	}
	if change != nil {
		change(&config)
	}
	y.fake = fake.NewYoutube(config)
	y.kit = &y.fake.Kit
	server := httptest.NewServer(y.fake)
	t.Cleanup(server.Close)
	y.url = server.URL
	y.env = y.fake.Settings(server.URL)
	y.env["YOUTUBE_REFRESH_TOKEN"] = config.Channels[0].Login
	if len(accounts) > 0 {
		y.lake.Config.Accounts = map[string][]string{"youtube": accounts}
		for i, account := range accounts {
			y.env[Setting{Name: "YOUTUBE_REFRESH_TOKEN"}.For(account)] = config.Channels[i].Login
		}
	}
	source := youtube()
	source.API.Policy.PerSecond, source.API.Policy.Stall = 0, 200*time.Millisecond
	for i := range source.Streams {
		if source.Streams[i].Name == "analytics" {
			source.Streams[i].Fetch.History = 9
		}
	}
	y.Sources = []Source{source}
	y.Now = y.clockNow
	y.Wait = func(ctx context.Context, d time.Duration) error {
		y.mu.Lock()
		y.waits = append(y.waits, d)
		y.mu.Unlock()
		y.pass(d)
		return ctx.Err()
	}
	t.Cleanup(func() { y.clean(t) })
	return y
}

// clean looks whether the client was a good one, and silent.
func (y *tube) clean(t *testing.T) {
	t.Helper()
	for _, wrong := range y.fake.Wrong() {
		t.Error("the client is wrong:", wrong)
	}
	said := y.log.String()
	for _, o := range y.outcomes {
		if o.Err != nil {
			said += o.Err.What + o.Err.Next + o.Err.Found + o.Err.Endpoint
			if o.Err.Next == "" {
				t.Errorf("%s has no next step", o.Err.What)
			}
		}
	}
	for _, secret := range []string{"canary", "ya29.", "4/code", "1//"} {
		if strings.Contains(said, secret) {
			t.Errorf("%s was said: %.200s", secret, said[strings.Index(said, secret)-60:])
		}
		for name, text := range y.landed(t, "") {
			if strings.Contains(name+text, secret) {
				t.Errorf("%s landed in %s", secret, name)
			}
		}
	}
	if left, _ := filepath.Glob(filepath.Join(y.Lake.Scratch.Dir, "fetch-*")); len(left) > 0 {
		t.Errorf("%v is left behind", left)
	}
}

// landed are the files that landed, with their text, by the names they have for a raw script.
func (y *tube) landed(t *testing.T, below string) map[string]string {
	t.Helper()
	files := map[string]string{}
	root := y.lake.Path("landing", "youtube", below)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil //nolint:nilerr // nothing landed there
		}
		text, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, root+"/")] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// drops are those of an account's stream, the oldest first.
func (y *tube) drops(t *testing.T, stream, account string) []*zones.Drop {
	t.Helper()
	ids, err := y.lake.DropIDs("youtube", stream, account)
	if err != nil {
		t.Fatal(err)
	}
	var drops []*zones.Drop
	for _, id := range ids {
		drop, err := y.lake.ReadDrop("youtube", stream, account, id)
		if err != nil {
			t.Fatal(err)
		}
		drops = append(drops, drop)
	}
	return drops
}

// text is a drop's file by the end of its name.
func (y *tube) text(t *testing.T, drop *zones.Drop, ending string) string {
	t.Helper()
	for _, file := range drop.Files {
		if strings.HasSuffix(file.Name, ending) {
			text, err := os.ReadFile(filepath.Join(y.lake.DropDir(drop.Source, drop.Stream, drop.Account, drop.ID), file.Path))
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
	}
	t.Errorf("no file of %s ends in %s", drop.ID, ending)
	return ""
}

// fetched runs the runner for some streams, and tells of each in short.
func (y *tube) fetched(t *testing.T, streams ...string) []string {
	t.Helper()
	y.Select.Only = nil
	for _, stream := range streams {
		y.Select.Only = append(y.Select.Only, zones.Pattern{Source: "youtube", Stream: stream})
	}
	var got []string
	days := regexp.MustCompile(` \d{4}-\d{2}-\d{2} \d{4}-\d{2}-\d{2}`)
	for _, line := range y.fetch(t) {
		got = append(got, days.ReplaceAllString(strings.TrimPrefix(line, "youtube/"), ""))
	}
	return got
}

// calls counts those whose method and path fit a pattern.
func (y *tube) calls(pattern string) int {
	n := 0
	for _, call := range y.fake.Calls() {
		if regexp.MustCompile(pattern).MatchString(call.Method + " " + call.Path + "?" + call.Query) {
			n++
		}
	}
	return n
}

func TestYoutubeLandsWhatItIsAskedFor(t *testing.T) {
	y := newTube(t, nil)
	equal(t, y.fetched(t), "analytics:main landed", "channel_basic:main nothing", "channels:main landed", "videos:main landed")
	const channel = "UCzone-a0zone-a0zone-a0z"
	drop := y.drops(t, "analytics", "main")[0]
	if drop.Since != "2026-11-17" || drop.Until != "2026-11-26" || !drop.AsOf.Equal(worldNow) || drop.AsOfFrom != "answer" || !strings.HasSuffix(drop.URL, "/v2/reports") {
		t.Errorf("%+v", drop)
	}
	var names []string
	for _, file := range drop.Files {
		names = append(names, file.Name)
	}
	slices.Sort(names)
	const at = "_20261126_040000"
	equal(t, names, // 3 a.m. in California is still the day before: days are asked for to the 24th
		"analytics_"+channel+"_all_20261026_20261122"+at+"_country.json", "analytics_"+channel+"_all_20261026_20261122"+at+"_video.json", "analytics_"+channel+"_all_20261026_20261122"+at+"_viewer.json",
		"analytics_"+channel+"_all_20261117_20261124"+at+"_day.json", "analytics_"+channel+"_all_20261117_20261124"+at+"_format.json", "analytics_"+channel+"_all_20261117_20261124"+at+"_source.json",
		"analytics_"+channel+"_video=-video_0_0_20261117_20261124"+at+".json", "analytics_"+channel+"_video=-video_0_1_20261117_20261124"+at+".json", "analytics_"+channel+"_video=-video_0_2_20261117_20261124"+at+".json")
	var table struct{ Rows [][]any }
	if err := json.Unmarshal([]byte(y.text(t, drop, "_day.json")), &table); err != nil || len(table.Rows) != 6 {
		t.Fatalf("%d days, %v", len(table.Rows), err)
	}
	for i, row := range table.Rows { // 17th to 22nd; what is not processed is cut off
		day := worldNow.Truncate(24*time.Hour).AddDate(0, 0, i-9)
		if row[0] != isoDay(day) || row[1] != float64(y.fake.ViewsOn(channel, day)) {
			t.Errorf("%v, and %d views are right", row, y.fake.ViewsOn(channel, day))
		}
	}
	for name, text := range y.landed(t, "") {
		if strings.Contains(text, "@") || strings.Contains(text, "description") {
			t.Errorf("%s names a person: %s", name, text)
		}
	}
	videos := y.text(t, y.drops(t, "videos", "main")[0], "videos"+at+".json")
	if strings.Count(videos, "\n") != 1 || strings.Count(videos, `"likeCount"`) != 2 || strings.Count(videos, `"commentCount"`) != 2 || !strings.Contains(videos, `"duration":"P0D"`) {
		t.Error(videos)
	}
	if channels := y.text(t, y.drops(t, "channels", "main")[0], "channels"+at+".json"); !strings.Contains(channels, `"title":"zone_a0"`) || !strings.Contains(channels, `"viewCount":"`) {
		t.Error(channels)
	}
	if n := y.calls("POST /oauth/token"); n != 1 {
		t.Errorf("%d tokens", n)
	}
	if n := y.calls("/data/"); n != 5 { // whose, uploads; channels; uploads, videos
		t.Errorf("%d units", n)
	}
	equal(t, y.fetched(t), "channel_basic:main nothing") // nothing is due but what has not come yet
}

func TestYoutubeAsksAgainForDaysThatChange(t *testing.T) {
	y := newTube(t, nil)
	y.fetched(t, "analytics")
	y.pass(24 * time.Hour)
	y.fetched(t, "analytics")
	drops := y.drops(t, "analytics", "main")
	if len(drops) != 2 || drops[1].Since != "2026-11-18" || drops[1].Until != "2026-11-27" {
		t.Fatalf("%d drops, the last from %s to %s", len(drops), drops[len(drops)-1].Since, drops[len(drops)-1].Until)
	}
	days := func(drop *zones.Drop) map[any]any {
		var table struct{ Rows [][]any }
		if err := json.Unmarshal([]byte(y.text(t, drop, "_day.json")), &table); err != nil {
			t.Fatal(err)
		}
		views := map[any]any{}
		for _, row := range table.Rows {
			views[row[0]] = row[1]
		}
		return views
	}
	first, second := days(drops[0]), days(drops[1])
	for day, views := range second {
		if before, ok := first[day]; ok && (before != views) != (day == "2026-11-22") { // told for the first time the night before
			t.Errorf("%v: %v, then %v", day, before, views)
		}
	}
	if len(second) != 6 {
		t.Errorf("%d days", len(second))
	}
}

func TestYoutubeBulkFilesComeByTheTimeTheyWereMade(t *testing.T) {
	y := newTube(t, nil)
	equal(t, y.fetched(t, "channel_basic"), "channel_basic:main nothing")
	if n := y.calls("POST /reporting/v1/jobs"); n != 1 {
		t.Errorf("%d orders", n)
	}
	y.pass(24 * time.Hour)
	first := y.fetched(t, "channel_basic")
	if len(first) != 31 || slices.ContainsFunc(first, func(line string) bool { return line != "channel_basic:main landed" }) { // 30 days of before, and one that was made since
		t.Errorf("%d: %v", len(first), first)
	}
	drops := y.drops(t, "channel_basic", "main")
	for _, drop := range drops {
		name := regexp.MustCompile(`^channel_basic_a3_r_\d+_` + stamp(drop.AsOf) + `\.csv$`)
		text := y.text(t, drop, ".csv")
		if day := strings.ReplaceAll(drop.Labels["day"], "-", ""); len(drop.Files) != 1 || !name.MatchString(drop.Files[0].Name) || strings.Count(text, "\n"+day) != strings.Count(text, "\n")-1 {
			t.Errorf("%+v, %.60s", drop, text)
		}
		if drop.AsOfFrom != "answer" || drop.AsOf.After(y.clockNow()) || drop.AsOf.Before(worldNow) {
			t.Errorf("made at %s", drop.AsOf)
		}
	}
	var corrected int
	for night := range 8 {
		y.pass(24 * time.Hour)
		got := y.fetched(t, "channel_basic")
		// The newest file is asked for again, since its second may hold another.
		if got[0] != "channel_basic:main known" || len(got) > 3 || night > 1 && len(got) < 2 {
			t.Errorf("night %d: %v", night, got)
		}
	}
	byDay := map[string][]*zones.Drop{}
	for _, drop := range y.drops(t, "channel_basic", "main") {
		byDay[drop.Labels["day"]] = append(byDay[drop.Labels["day"]], drop)
	}
	for day, told := range byDay {
		if len(told) == 2 {
			corrected++
			if !told[1].AsOf.After(told[0].AsOf) || y.text(t, told[0], ".csv") == y.text(t, told[1], ".csv") {
				t.Errorf("%s is corrected by %s", day, told[1].ID)
			}
		}
	}
	if corrected != 1 || y.calls("POST /reporting/v1/jobs") != 1 {
		t.Errorf("%d days were corrected", corrected)
	}
}

func TestYoutubeChannelsAreAccountsOfTheirOwn(t *testing.T) {
	y := newTube(t, nil, "zone_a0", "pig1987")
	y.fake.Revoke("1//canary-login-zone_a0")
	got := y.fetched(t, "analytics", "channels", "videos")
	equal(t, got,
		"analytics:pig1987 landed", "channels:pig1987 landed", "videos:pig1987 landed",
		"analytics:zone_a0 failed login_needed", "channels:zone_a0 skipped", "videos:zone_a0 skipped")
	for name, text := range y.landed(t, "") {
		if strings.Contains(name+text, "zone-a0") || strings.Contains(text, "-video_0") {
			t.Errorf("%s tells of another channel", name)
		}
	}
	if n := y.calls("POST /oauth/token"); n != 2 {
		t.Errorf("%d calls for tokens", n)
	}
}

func TestYoutubeMemoryOfPagesIsBounded(t *testing.T) {
	y := newTube(t, func(config *fake.YoutubeConfig) {
		config.Channels[0].Videos = nil
		for n := range 120 {
			config.Channels[0].Videos = append(config.Channels[0].Videos, fake.YoutubeVideo{ID: fmt.Sprintf("many_%06d", n), Title: "One of many", Daily: 5, Published: worldNow.AddDate(0, 0, -1-n/2), Private: n == 7, Short: n%2 == 0})
		}
	})
	equal(t, y.fetched(t, "videos"), "videos:main landed")
	text := y.text(t, y.drops(t, "videos", "main")[0], ".json")
	if strings.Count(text, "\n") != 3 || strings.Count(text, `"kind":"youtube#video"`) != 119 || strings.Contains(text, "nextPageToken") {
		t.Errorf("%d pages, %d videos", strings.Count(text, "\n"), strings.Count(text, `"kind":"youtube#video"`))
	}
	if n := y.calls("/data/"); n != 7 {
		t.Errorf("%d units", n)
	}
}

func TestDemoChannelsAreThoseOfTheDemo(t *testing.T) {
	known := DemoYoutube(DemoConfig{}, func() time.Time { return worldNow })
	if len(known.Channels) != len(demoArtists()) || known.Channels[0].ID != demoChannel {
		t.Fatalf("%+v", known)
	}
	ids := map[string]bool{}
	for artist, channel := range known.Channels {
		if !youtubeChannelID.MatchString(channel.ID) || channel.Title != demoArtists()[artist].name || len(channel.Videos) != 3 {
			t.Errorf("%+v", channel)
		}
		for n, video := range channel.Videos {
			if !youtubeVideoID.MatchString(video.ID) || ids[video.ID] || artist == 0 && video.ID != demoYoutubeVideo(n) {
				t.Errorf("%+v", video)
			}
			ids[video.ID] = true
		}
	}
	if text := DemoCatalog(DemoConfig{})["artists.csv"]; !strings.Contains(text, "youtube,"+known.Channels[1].ID+",") {
		t.Error("the catalog of names does not know the second channel")
	}
}

// sessionOf is what a probe or a login is given.
func (y *tube) sessionOf(account string) *Session {
	y.mask = &api.Mask{}
	return y.session(y.Sources[0], account, ByAPI, api.NewGate(y.Sources[0].API.Policy), nil)
}
