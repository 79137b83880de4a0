package extract

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"bedrot/extract/fake"
	"bedrot/extract/session"
)

// googleSays is a refusal in the form of the older interfaces; stateSays in that of the younger ones.
func googleSays(match string, status int, reason string, times int) fake.Fault {
	return fake.Fault{Match: match, Times: times, Status: status, Body: fmt.Sprintf(`{"error":{"code":%d,"message":"It is %s.","errors":[{"message":"m","domain":"d","reason":%q}]}}`, status, reason, reason)}
}

func stateSays(match string, status int, state, message string, times int) fake.Fault {
	return fake.Fault{Match: match, Times: times, Status: status, Body: fmt.Sprintf(`{"error":{"code":%d,"message":%q,"status":%q}}`, status, message, state)}
}

// rewritten changes the real answer by a pattern.
func rewritten(match, pattern, with string, times int) fake.Fault {
	return fake.Fault{Match: match, Times: times, Change: func(body []byte) []byte {
		return regexp.MustCompile(pattern).ReplaceAll(body, []byte(with))
	}}
}

type youtubeWart struct {
	fault   fake.Fault
	streams string // that are fetched
	want    string // what becomes of them
	calls   string // a pattern, and how many calls fit it
	n       int
	waits   int
	says    string // words of the failure, divided by |
}

const (
	dayReport = "/analytics/.*dimensions=day&"
	tokenCall = "POST /oauth/token"
)

func youtubeWarts() map[string]youtubeWart {
	const both = "analytics channels"
	const fine = "analytics landed, channels landed"
	shape := func(fault fake.Fault, says string) youtubeWart {
		return youtubeWart{fault, both, "analytics failed answer_shape, channels landed", dayReport, 1, 0, says}
	}
	html := fake.Fault{Match: dayReport, Times: -1, Status: 200, Body: "<!DOCTYPE html><form>log in</form>", Header: map[string]string{"Content-Type": "text/html"}}
	retryAfter := googleSays(dayReport, 429, "rateLimitExceeded", 1)
	retryAfter.Header = map[string]string{"Retry-After": "90"}
	tooLong := googleSays(dayReport, 429, "rateLimitExceeded", -1)
	tooLong.Header = map[string]string{"Retry-After": "7200"}
	return map[string]youtubeWart{
		"one 500":                    {googleSays(dayReport, 500, "backendError", 1), both, fine, dayReport, 5, 1, ""},
		"a 503 without a word":       {fake.Fault{Match: dayReport, Status: 503, Body: "<html>Error 503</html>"}, both, fine, dayReport, 5, 1, ""},
		"500 for good":               {googleSays(dayReport, 500, "backendError", -1), both, "analytics failed unreachable, channels landed", dayReport, 4, 3, "nothing: the next run"},
		"an outage":                  {fake.Fault{Times: -1, Status: 503, Body: "{}"}, both, "analytics failed unreachable, channels skipped", "", 4, 3, ""},
		"too fast":                   {googleSays(dayReport, 403, "userRateLimitExceeded", 2), both, fine, dayReport, 6, 2, ""},
		"too fast, with its wait":    {retryAfter, both, fine, dayReport, 5, 1, ""},
		"to be left alone for hours": {tooLong, both, "analytics failed throttled, channels landed", dayReport, 1, 0, "2h0m0s"},
		"the day's limit of reports": {googleSays("/analytics/", 403, "dailyLimitExceeded", -1), both, "analytics failed throttled, channels landed", "/analytics/", 1, 0, "midnight in California"},
		"the day's units":            {googleSays("/data/", 403, "quotaExceeded", -1), both + " videos", "analytics landed, channels failed throttled, videos failed throttled", "/data/", 1, 0, "quota is used up for today|midnight in California"},
		"a token that ended":         {googleSays(dayReport, 401, "authError", 1), both, fine, tokenCall, 2, 0, ""},
		"a token that is none":       {googleSays(dayReport, 401, "authError", -1), both, "analytics failed login_needed, channels skipped", dayReport, 2, 0, "bedrot session login youtube --account main"},
		"a login that is over": {
			fake.Fault{Match: tokenCall, Times: -1, Status: 400, Body: `{"error":"invalid_grant","error_description":"Token has been expired or revoked."}`},
			both,
			"analytics failed login_needed, channels skipped", "", 1, 0, "revoked|six months|seven days|Testing|take YOUTUBE_REFRESH_TOKEN out of .env, then bedrot session login youtube --account main",
		},
		"another client":             {fake.Fault{Match: tokenCall, Times: -1, Status: 401, Body: `{"error":"invalid_client"}`}, both, "analytics failed login_needed, channels skipped", "", 1, 0, "YOUTUBE_CLIENT_SECRET"},
		"no token in the answer":     {fake.Fault{Match: tokenCall, Times: -1, Status: 200, Body: `{"token_type":"Bearer"}`}, "channels", "channels failed answer_shape", "", 1, 0, "access_token"},
		"no token for a moment":      {fake.Fault{Match: tokenCall, Status: 503, Body: `{"error":"temporarily_unavailable"}`}, "channels", "channels landed", tokenCall, 2, 1, ""},
		"another's channel":          {googleSays(dayReport, 403, "forbidden", -1), both, "analytics failed no_permission, channels landed", dayReport, 1, 0, "owner of the channel"},
		"an API that is off":         {googleSays(dayReport, 403, "accessNotConfigured", -1), both, "analytics failed no_permission, channels landed", dayReport, 1, 0, "enable YouTube Data API v3"},
		"a box that was not ticked":  {googleSays(dayReport, 403, "insufficientPermissions", -1), both, "analytics failed no_permission, channels landed", dayReport, 1, 0, "every box|bedrot session login youtube --account main"},
		"a part that is refused":     {googleSays("dimensions=country", 400, "badRequest", -1), both, fine, "dimensions=country", 1, 0, ""},
		"a question that is refused": {googleSays(dayReport, 400, "badRequest", -1), both, "analytics failed request_refused, channels landed", dayReport, 1, 0, ""},
		"a missing parameter":        {googleSays(dayReport, 400, "required", -1), both, "analytics failed request_refused, channels landed", tokenCall, 1, 0, ""},
		"a login page":               shape(html, "web page"),
		"a body that is cut":         {fake.Fault{Match: dayReport, Cut: 50}, both, fine, dayReport, 5, 1, ""},
		"a body that stalls":         {fake.Fault{Match: dayReport, Cut: 50, Stall: true}, both, fine, dayReport, 5, 1, ""},
		"half a JSON":                {fake.Fault{Match: dayReport, Times: -1, Status: 200, Body: `{"kind":`}, both, "analytics failed unreachable, channels landed", dayReport, 4, 3, ""},
		"numbers as text":            shape(rewritten(dayReport, `(\["2026-11-1\d",)(\d+)`, `$1"$2"`, -1), "views as a number"),
		"a list in a number's place": shape(rewritten(dayReport, `(\["2026-11-1\d",)(\d+)`, `$1[$2]`, -1), "views as a number"),
		"a column less":              shape(rewritten(dayReport, `"engagedViews"`, `"views2"`, -1), "engagedViews"),
		"a row that is short":        shape(rewritten(dayReport, `(\["2026-11-1\d",)\d+,`, `$1`, -1), "11 values"),
		"a day nobody asked for":     shape(rewritten(dayReport, `2026-11-18`, `2025-11-18`, -1), "a day from 2026-11-17"),
		"a day that is a number":     shape(rewritten(dayReport, `"2026-11-18"`, `20261118`, -1), "day as text"),
		"another kind of table":      shape(rewritten(dayReport, `#resultTable`, `#table`, -1), "resultTable"),
		"rows that are none":         shape(rewritten(dayReport, `"rows":\[.*\]`, `"rows":7`, -1), "rows"),
		"a member nobody knows":      {rewritten(dayReport, `\{"columnHeaders"`, `{"new":{"a":1},"columnHeaders"`, -1), both, fine, dayReport, 4, 0, ""},
		"a secret that comes back":   shape(rewritten(dayReport, `\{"columnHeaders"`, `{"echo":"1//canary-login-zone_a0","columnHeaders"`, -1), "a secret"),
		"a redirect elsewhere":       shape(fake.Fault{Match: dayReport, Times: -1, Status: 302, Header: map[string]string{"Location": "http://127.0.0.2:9/x"}}, "the token is not sent there"),
		"no list":                    {rewritten("/channels", `"items"`, `"list"`, -1), "channels", "channels failed answer_shape", "/channels", 1, 0, "a list items"},
		"an empty list":              {rewritten("/channels", `"items":\[.*\],"kind"`, `"items":[],"kind"`, -1), "channels", "channels failed login_needed", "/channels", 1, 0, "without a channel|--account main"},
		"a count that is a number":   {rewritten("/channels", `"viewCount":"(\d+)"`, `"viewCount":$1`, -1), "channels", "channels failed answer_shape", "/channels", 1, 0, "statistics.viewCount as text"},
		"statistics that are gone":   {rewritten("/v3/videos", `"statistics"`, `"stats"`, -1), "videos", "videos failed answer_shape", "/v3/videos", 1, 0, "statistics of"},
		"a video nobody asked for":   {rewritten("/v3/videos", `"id":"-video_0_1"`, `"id":"-video_0_9"`, -1), "videos", "videos failed answer_shape", "/v3/videos", 1, 0, "-video_0_9"},
		"a cursor without end":       {rewritten("/playlistItems", `"items":\[.*\],"kind"`, `"items":[],"nextPageToken":"ZnJvbSAw","kind"`, -1), "videos", "videos failed answer_shape", "/playlistItems", 2, 0, "the cursor of page"},
		"an empty page before more":  {rewritten("/playlistItems", `"items":\[.*\],"kind"`, `"items":[],"nextPageToken":"ZnJvbSAw","kind"`, 1), "videos", "videos landed", "/playlistItems", 2, 0, ""},
		"a list that is not there":   {googleSays("/playlistItems", 404, "playlistNotFound", -1), "analytics videos", "analytics landed, videos nothing", "/playlistItems", 2, 0, ""},
	}
}

func TestYoutubeWarts(t *testing.T) {
	for name, wart := range youtubeWarts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := newTube(t, nil)
			y.fake.Inject(wart.fault)
			got := strings.ReplaceAll(strings.Join(y.fetched(t, strings.Fields(wart.streams)...), ", "), ":main", "")
			if got != wart.want {
				t.Errorf("got %s, wanted %s", got, wart.want)
			}
			if n := y.calls(wart.calls); n != wart.n || len(y.waits) != wart.waits {
				t.Errorf("%d calls and waits of %v, wanted %d and %d", n, y.waits, wart.n, wart.waits)
			}
			landed := map[string]bool{}
			said := ""
			for _, o := range y.outcomes {
				landed[o.Stream] = o.Status == Landed
				if o.Err != nil {
					said += o.Err.What + "; " + o.Err.Next + "\n"
				}
			}
			for _, words := range strings.Split(wart.says, "|") {
				if !strings.Contains(said, words) {
					t.Errorf("%q is not in %s", words, said)
				}
			}
			for name := range y.landed(t, "") { // nothing of what failed
				if stream, _, _ := strings.Cut(name, "/"); !landed[stream] {
					t.Errorf("%s landed", name)
				}
			}
		})
	}
}

func TestYoutubeWaitsAsLongAsItIsAskedTo(t *testing.T) {
	y := newTube(t, nil)
	fault := googleSays(dayReport, 429, "rateLimitExceeded", 1)
	fault.Header = map[string]string{"Retry-After": "90"}
	y.fake.Inject(fault)
	equal(t, y.fetched(t, "analytics"), "analytics:main landed")
	var at []time.Time
	for _, call := range y.fake.Calls() {
		if strings.Contains(call.Query, "dimensions=day&") {
			at = append(at, call.At)
		}
	}
	if len(at) < 2 || at[1].Sub(at[0]) < 90*time.Second {
		t.Errorf("asked at %v", at)
	}
}

func TestYoutubeCountsItsUnits(t *testing.T) {
	y := newTube(t, func(config *fake.YoutubeConfig) { config.Units = 4 }, "zone_a0", "pig1987")
	y.env["YOUTUBE_QUOTA"] = "4"
	equal(t, y.fetched(t, "analytics", "channels", "videos"),
		"analytics:pig1987 landed", "channels:pig1987 failed throttled", "videos:pig1987 failed throttled", // all are used
		"analytics:zone_a0 landed", "channels:zone_a0 landed", "videos:zone_a0 failed throttled") // whose, uploads; channels; uploads, and no videos
	if n := y.calls("/data/"); n != 4 {
		t.Errorf("%d units", n)
	}
	for _, o := range y.outcomes {
		if o.Err != nil && !strings.Contains(o.Err.What, "4 units of the 4") {
			t.Error(o.Err.What)
		}
		if o.Stream == "analytics" && o.Account == "pig1987" && (len(o.Warnings) != 1 || !strings.Contains(o.Warnings[0].What, "quota")) {
			t.Errorf("%+v", o.Warnings)
		}
	}
	if drops := y.drops(t, "analytics", "pig1987"); len(drops[0].Files) != 6 || !strings.HasPrefix(drops[0].Files[0].Name, "analytics_MINE_all_") {
		t.Errorf("%+v", drops[0].Files)
	}
	y.pass(24 * time.Hour) // midnight in California has passed
	if got := y.fetched(t, "channels"); got[0] != "channels:pig1987 landed" {
		t.Error(got)
	}
	y.env["YOUTUBE_QUOTA"] = "many"
	y.pass(24 * time.Hour)
	if got := y.fetched(t, "channels"); !strings.HasPrefix(got[0], "channels:pig1987 failed config") {
		t.Error(got)
	}
}

func TestYoutubeAsksForMoneyWhereItIsTold(t *testing.T) {
	y := newTube(t, func(config *fake.YoutubeConfig) { config.Channels[1].Partner = true }, "zone_a0", "pig1987")
	y.env["YOUTUBE_CURRENCY"] = "EUR"
	equal(t, y.fetched(t, "analytics"), "analytics:pig1987 landed", "analytics:zone_a0 landed")
	if text := y.text(t, y.drops(t, "analytics", "pig1987")[0], "_money_EUR.json"); !strings.Contains(text, `"grossRevenue"`) || !regexp.MustCompile(`"2026-11-18",\d+\.\d{3},`).MatchString(text) {
		t.Error(text)
	}
	for _, file := range y.drops(t, "analytics", "zone_a0")[0].Files {
		if strings.Contains(file.Name, "money") {
			t.Error(file.Name)
		}
	}
	if warned := y.outcomes[1].Warnings; len(warned) != 1 || !strings.Contains(warned[0].What, "Partner Program") || len(y.outcomes[0].Warnings) > 0 {
		t.Errorf("%+v", warned)
	}
	y.pass(24 * time.Hour)
	y.env["YOUTUBE_CURRENCY"] = "dollars"
	if got := y.fetched(t, "analytics"); !strings.HasSuffix(got[0], "failed config") {
		t.Error(got)
	}
}

func TestYoutubeTakesTheLoginThatIsKept(t *testing.T) {
	y := newTube(t, nil)
	delete(y.env, "YOUTUBE_REFRESH_TOKEN")
	equal(t, y.fetched(t, "channels", "videos"), "channels:main failed login_needed", "videos:main skipped")
	if next := y.outcomes[0].Err.Next; next != "bedrot session login youtube --account main" || len(y.fake.Calls()) > 0 {
		t.Errorf("%s, after %d calls", next, len(y.fake.Calls()))
	}
	store := &session.Store{Dir: filepath.Join(t.TempDir(), "logins"), Now: y.clockNow, Key: "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"}
	y.Tokens = store
	equal(t, y.fetched(t, "channels"), "channels:main failed login_needed")
	if err := store.Save("youtube", "main", []byte("1//canary-login-zone_a0")); err != nil {
		t.Fatal(err)
	}
	equal(t, y.fetched(t, "channels"), "channels:main landed")
	if n := y.calls(tokenCall); n != 1 {
		t.Errorf("%d calls for tokens", n)
	}
	y.pass(24 * time.Hour)
	store.Key = ""
	equal(t, y.fetched(t, "channels"), "channels:main failed login_locked")
	if e := y.outcomes[0].Err; !strings.Contains(e.Next, "BEDROT_SESSION_KEY") || e.Class != "authentication" {
		t.Errorf("%+v", e)
	}
	y.fake.Revoke("1//canary-login-zone_a0")
	if err := os.RemoveAll(store.Dir); err != nil {
		t.Fatal(err)
	}
	if err := store.Save("youtube", "main", []byte("1//canary-login-zone_a0")); err != nil {
		t.Fatal(err)
	}
	equal(t, y.fetched(t, "channels"), "channels:main failed login_needed")
	if e := y.outcomes[0].Err; e.Next != "bedrot session login youtube --account main" || !strings.Contains(e.What, "seven days") {
		t.Errorf("%+v", e)
	}
}

func TestYoutubeRecordingsNameNobody(t *testing.T) {
	y := newTube(t, nil)
	y.Record = filepath.Join(t.TempDir(), "record")
	equal(t, y.fetched(t), "analytics:main landed", "channel_basic:main nothing", "channels:main landed", "videos:main landed")
	paths, err := filepath.Glob(filepath.Join(y.Record, "youtube-main", "*.json"))
	if err != nil || len(paths) != len(y.fake.Calls()) {
		t.Errorf("%d exchanges of %d calls, %v", len(paths), len(y.fake.Calls()), err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"canary", "ya29.", "1//", "Bookings", "Write to", "@"} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s holds %s", filepath.Base(path), secret)
			}
		}
	}
}

func TestYoutubeTokensAreRenewedInTime(t *testing.T) {
	y := newTube(t, nil)
	y.fake.Inject(rewritten(tokenCall, `"expires_in":3599`, `"expires_in":120`, 1))
	y.fake.Inject(fake.Fault{Match: "dimensions=country", Status: 429, Body: "{}", Header: map[string]string{"Retry-After": "90"}})
	equal(t, y.fetched(t, "analytics"), "analytics:main landed")
	if tokens, refused := y.calls(tokenCall), y.calls("dimensions=(ageGroup|video)"); tokens != 2 || refused != 2 {
		t.Errorf("%d tokens, %d calls after the first had ended", tokens, refused)
	}
}

func TestYoutubeProbe(t *testing.T) {
	y := newTube(t, nil)
	for want, hints := range map[string]bool{"": false, "UCzone-a0zone-a0zone-a0z": false, "UCpig1987pig1987pig1987p": true} {
		y.env["YOUTUBE_CHANNEL_ID"] = want
		s := y.sessionOf("main")
		hint, err := s.Source.Probe(t.Context(), s)
		if err != nil || (hint != "") != hints {
			t.Errorf("%s: %q, %v", want, hint, err)
		}
	}
	y.env["YOUTUBE_CHANNEL_ID"] = "UCnobodynobodynobodynobo"
	equal(t, y.fetched(t, "channels"), "channels:main failed request_refused")
	y.env["YOUTUBE_CHANNEL_ID"] = "../@somebody"
	equal(t, y.fetched(t, "analytics", "channels"), "analytics:main failed config", "channels:main skipped")
	delete(y.env, "YOUTUBE_CHANNEL_ID")
	y.fake.Revoke("1//canary-login-zone_a0")
	s := y.sessionOf("main")
	if _, err := s.Source.Probe(t.Context(), s); err == nil || !strings.Contains(err.Error(), "the login is over") {
		t.Error(err)
	}
}
