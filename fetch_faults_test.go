package main

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bedrot/extract/fake"
	"bedrot/zones"
)

// regain is Meta's header that tells how many minutes of rest it wants.
func regain(minutes string) map[string]string {
	return map[string]string{"X-Business-Use-Case-Usage": `{"1":[{"type":"ads_management","call_count":100,"estimated_time_to_regain_access":` + minutes + `}]}`}
}

// signedOut is what a site or proxy answers in an answer's place.
var signedOut = fake.Fault{Times: -1, Status: http.StatusOK, Body: "<!DOCTYPE html><form>log in</form>", Header: map[string]string{"Content-Type": "text/html"}}

// fails lets every source fail in a way of its own, and only one account or stream of each where there are
// several: a limit for hours, a page in an answer's place, a key that is no more, a page that was rebuilt, a
// portal out of order, and a session that was ended.
func (n *night) fails() {
	n.live.Metaads.Inject(fake.Fault{Match: "/insights", Times: -1, Status: 400, Body: fake.MetaError(80004, 2446079, "too many"), Header: regain("700")})
	page := signedOut
	page.Match = "/analytics"
	n.live.Youtube.Inject(page)
	n.live.Mailchimp.Revoke()
	n.live.Distrokid.Inject(fake.Fault{Match: "data=streams", Times: -1, Status: http.StatusOK, Body: "<html><a href=/logout>Log out</a><p>All new!</p></html>", Header: map[string]string{"Content-Type": "text/html"}})
	n.live.Toolost.Inject(fake.Fault{Match: "analytics/apple", Times: -1, Status: http.StatusBadGateway, Body: "{}"})
	n.live.Tiktok.EndSessions()
	n.tiktokLogin("pig1987", "pig1987")
}

func TestFailuresOfANight(t *testing.T) {
	campaigns := func(f fake.Fault) fake.Fault {
		f.Match = "/campaigns"
		return f
	}
	meta := func(times, status, code, subcode int, header map[string]string) fake.Fault {
		return fake.Fault{Match: "/campaigns", Times: times, Status: status, Body: fake.MetaError(code, subcode, "so it is"), Header: header}
	}
	half := func(answer []byte) []byte { return answer[:len(answer)/2] }
	for name, c := range map[string]struct {
		fault fake.Fault
		exit  int
		code  string // of what is wrong; empty where patience helped
		says  string
		waits []time.Duration // exactly these, while the clock stands still; nil are some
	}{
		"429 with its wait":          {fault: fake.Fault{Match: "/campaigns", Status: 429, Body: "{}", Header: map[string]string{"Retry-After": "600"}}},
		"17":                         {fault: meta(1, 400, 17, 2446079, nil)},
		"80004 with its minutes":     {fault: meta(1, 400, 80004, 2446079, regain("7")), waits: []time.Duration{7 * time.Minute, 7 * time.Minute}},
		"80004 for all of the night": {fault: meta(-1, 400, 80004, 2446079, regain("700")), exit: 3, code: "throttled", says: "next run", waits: []time.Duration{}},
		"a 500":                      {fault: meta(1, 500, 1, 99, nil)},
		"500 for good":               {fault: meta(-1, 500, 1, 99, nil), exit: 3, code: "unreachable", says: "next:"},
		"a stalled body":             {fault: fake.Fault{Match: "/campaigns", Cut: 9, Stall: true}},
		"stalled for good":           {fault: fake.Fault{Match: "/campaigns", Times: -1, Cut: 9, Stall: true}, exit: 3, code: "unreachable", says: "stalled"},
		"a truncated JSON":           {fault: fake.Fault{Match: "/campaigns", Change: half}},
		"truncated for good":         {fault: fake.Fault{Match: "/campaigns", Times: -1, Change: half}, exit: 3, code: "unreachable", says: "not whole JSON"},
		"a login page with 200":      {fault: campaigns(signedOut), exit: 3, code: "answer_shape", says: "a web page came", waits: []time.Duration{}},
		"an expired token":           {fault: meta(-1, 400, 190, 463, nil), exit: 6, code: "login_needed", says: "system-user token", waits: []time.Duration{}},
		"a missing permission":       {fault: meta(-1, 403, 200, 0, nil), exit: 3, code: "no_permission", says: "ads_read", waits: []time.Duration{}},
		"a field of another type": {fault: fake.Fault{Match: "/campaigns", Times: -1, Change: func(b []byte) []byte {
			return []byte(strings.Replace(string(b), `"data":[`, `"data":{},"was":[`, 1))
		}}, exit: 3, code: "answer_shape", says: "expected a list in data, found object", waits: []time.Duration{}},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNight(t, "")
			n.catalog = embeddedCatalog(t).For([]string{"raw.metaads__campaigns", "raw.mailchimp__lists"})
			n.live.Metaads.Inject(c.fault)
			run := []string{"run", "--only", "metaads/campaigns", "--only", "mailchimp/lists"}
			said := n.want(c.exit, nil, run...)
			n.talk.WriteString(said.out + said.err)
			if !strings.Contains(said.err, c.says) {
				t.Errorf("%q is not said:\n%s", c.says, said.err)
			}
			if c.waits != nil && !slices.Equal(n.waits, c.waits) || c.waits == nil && len(n.waits) == 0 {
				t.Errorf("waits of %v, wanted %v", n.waits, c.waits)
			}
			n.equal("select (select count(*) > 0 from raw.mailchimp__lists) and (select code from meta.errors where severity = 'error') is not distinct from "+quoted(c.code), "true")
			drops, err := filepath.Glob(filepath.Join(n.root, "landing", "metaads", "campaigns", "*", "*"))
			if err != nil || len(drops) != map[bool]int{true: 1}[c.code == ""] {
				t.Errorf("landed: %v, %v", drops, err)
			}
			n.well()
			n.silent()
		})
	}
}

func quoted(text string) string {
	if text == "" {
		return "null"
	}
	return "'" + text + "'"
}

// Nobody is asked in vain: where nothing answers, a run sends fewer requests than it would have made.
func TestATotalOutage(t *testing.T) {
	n := newNight(t, "")
	n.settings(func(source string) bool { return source == "metaads" || source == "youtube" || source == "mailchimp" })
	run := []string{"extract", "--since", since}
	planned := len(n.fetch(append(run, "--dry-run")...).Fetched)
	for _, kit := range n.kits() {
		kit.Inject(fake.Fault{Times: -1, Status: http.StatusServiceUnavailable, Body: "{}"})
	}
	report := n.fetch(run...)
	if report.code != 3 || n.calls() == 0 || float64(n.calls()) > 1.1*float64(planned) {
		t.Errorf("exit %d, %d calls for %d that were planned", report.code, n.calls(), planned)
	}
	opened, err := zones.Open(n.root, "", zones.Files{})
	if err != nil {
		t.Fatal(err)
	}
	if drops, err := filepath.Glob(opened.Path("landing", "*", "*", "*", "*")); err != nil || len(drops) > 0 {
		t.Errorf("landed: %v, %v", drops, err)
	}
	n.well()
}
