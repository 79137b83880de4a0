package extract

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bedrot/extract/fake"
)

// mailChanged rewrites one thing of an answer.
func mailChanged(from, to string) func([]byte) []byte {
	return func(body []byte) []byte { return bytes.Replace(body, []byte(from), []byte(to), 1) }
}

// mailFailure is what goes wrong, and what is to come of it.
type mailFailure struct {
	fault fake.Fault
	want  []string
	calls int
	waits int
}

func mailFailures() map[string]mailFailure {
	problem := func(times, status int, title string) fake.Fault {
		f := fake.MailchimpProblem(status, title, "as it says")
		f.Match, f.Times = "/3.0/(reports|campaigns)", times
		return f
	}
	on := func(f fake.Fault) fake.Fault { f.Match = "/reports"; return f }
	html := map[string]string{"Content-Type": "text/html"}
	landed, never := []string{"campaigns landed", "reports landed"}, []string{"campaigns landed", "reports failed answer_shape"}
	stopped := func(code string) []string { return []string{"campaigns skipped", "reports failed " + code} }
	return map[string]mailFailure{
		"429 once":                  {problem(1, 429, "Too Many Requests"), landed, 3, 1},
		"429 for good":              {problem(-1, 429, "Too Many Requests"), stopped("throttled"), 4, 3},
		"a bare 403 once":           {on(fake.Fault{Status: 403, Body: "<html>Access Denied</html>", Header: html}), landed, 3, 1},
		"an empty 403 once":         {on(fake.Fault{Status: 403}), landed, 3, 1},
		"a bare 403 for good":       {on(fake.Fault{Times: -1, Status: 403, Body: "Access Denied", Header: html}), stopped("throttled"), 4, 3},
		"a permission":              {on(problem(-1, 403, "Forbidden")), []string{"campaigns landed", "reports failed no_permission"}, 2, 0},
		"a 403 of another title":    {on(fake.Fault{Times: -1, Status: 403, Body: `{"title":"Compliance Related","status":"403"}`}), []string{"campaigns landed", "reports failed no_permission"}, 2, 0},
		"a disabled user":           {problem(-1, 403, "User Disabled"), stopped("login_needed"), 1, 0},
		"another data centre":       {problem(-1, 403, "WrongDatacenter"), stopped("login_needed"), 1, 0},
		"a dead key":                {problem(-1, 401, "API Key Invalid"), stopped("login_needed"), 1, 0},
		"a dead key, told with 200": {func() fake.Fault { f := problem(-1, 401, "API Key Invalid"); f.Status = 200; return f }(), stopped("login_needed"), 1, 0},
		"500 twice":                 {func() fake.Fault { f := on(problem(0, 500, "Internal Server Error")); f.Times = 2; return f }(), landed, 4, 2},
		"502 as a page":             {on(fake.Fault{Status: 502, Body: "<html>Bad Gateway</html>", Header: html}), landed, 3, 1},
		"an outage":                 {fake.Fault{Times: -1, Status: 503, Body: "{}"}, stopped("unreachable"), 4, 3},
		"a request refused":         {on(problem(-1, 400, "Invalid Resource")), []string{"campaigns landed", "reports failed request_refused"}, 2, 0},
		"a body that is cut":        {on(fake.Fault{Cut: 200}), landed, 3, 1},
		"a body that stalls":        {on(fake.Fault{Cut: 200, Stall: true}), landed, 3, 1},
		"half a JSON once":          {on(fake.Fault{Change: func(b []byte) []byte { return b[:len(b)/2] }}), landed, 3, 1},
		"a login page with 200":     {on(fake.Fault{Times: -1, Status: 200, Body: "<!DOCTYPE html><form>", Header: html}), never, 2, 0},
		"a redirect elsewhere":      {on(fake.Fault{Times: -1, Status: 302, Header: map[string]string{"Location": "http://127.0.0.2:9/x"}}), never, 2, 0},
		"a list that is an object":  {on(fake.Fault{Times: -1, Status: 200, Body: `{"reports":{},"total_items":0}`}), never, 2, 0},
		"a list that is missing":    {on(fake.Fault{Times: -1, Status: 200, Body: `{"report":[],"total_items":0}`}), never, 2, 0},
		"a list in a list's place":  {on(fake.Fault{Times: -1, Status: 200, Body: `[]`}), never, 2, 0},
		"no total":                  {on(fake.Fault{Times: -1, Status: 200, Body: `{"reports":[]}`}), never, 2, 0},
		"an empty page of many":     {on(fake.Fault{Times: -1, Status: 200, Body: `{"reports":[],"total_items":7}`}), never, 2, 0},
		"a count that is an object": {on(fake.Fault{Times: -1, Change: mailChanged(`"unique_opens":`, `"unique_opens":{},"x":`)}), never, 2, 0},
		"a count that is a word":    {on(fake.Fault{Times: -1, Change: mailChanged(`"emails_sent":`, `"emails_sent":"many","x":`)}), never, 2, 0},
		"opens that are a list":     {on(fake.Fault{Times: -1, Change: mailChanged(`"opens":{`, `"opens":[],"x":{`)}), never, 2, 0},
		"an entry without its id":   {on(fake.Fault{Times: -1, Change: mailChanged(`"id":`, `"ids":`)}), never, 2, 0},
		"a number as a text": {on(fake.Fault{Change: func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"total_items":8`), []byte(`"total_items":"8"`), 1)
		}}), landed, 2, 0},
		"a key that comes back":         {on(fake.Fault{Times: -1, Change: mailChanged(`"preview_text":""`, `"preview_text":"`+mailKey+`"`)}), never, 2, 0},
		"a field nobody knows":          {on(fake.Fault{Change: mailChanged(`"bounces":`, `"news":[1],"bounces":`)}), landed, 2, 0},
		"an entry that tells no bounce": {on(fake.Fault{Change: mailChanged(`"bounces":`, `"bounced":`)}), landed, 2, 0},
	}
}

func TestMailchimpFailures(t *testing.T) {
	for name, c := range mailFailures() {
		t.Run(name, func(t *testing.T) {
			w := newMailWorld(t, fake.MailchimpConfig{Since: worldNow.AddDate(0, 0, -100)}) // eight newsletters
			w.only("reports", "campaigns")
			w.kit.Inject(c.fault)
			var got []string
			for _, line := range w.fetch(t) {
				got = append(got, strings.Replace(strings.TrimPrefix(line, "mailchimp/"), ":main", "", 1))
			}
			slices.Sort(got)
			equal(t, got, c.want...)
			if calls := w.kit.Calls(); len(calls) != c.calls || len(w.waits) != c.waits {
				t.Errorf("%d calls and %d waits, wanted %d and %d", len(calls), len(w.waits), c.calls, c.waits)
			}
			for i, wait := range w.waits { // 3, 6 and 12 s, a quarter more or less
				if want := 3 * time.Second << i; wait < want*3/4 || wait > want*5/4 {
					t.Errorf("waits %v for %v", i, wait)
				}
			}
			for _, o := range w.outcomes {
				if o.Err != nil && (o.Err.Next == "" || o.Err.What == "") {
					t.Errorf("the error says %q, next %q", o.Err.What, o.Err.Next)
				}
			}
			w.clean(t)
		})
	}
}

func TestMailchimpKeepsNobodysAddress(t *testing.T) {
	for name, change := range map[string][2]string{
		"a subscriber":       {`"bounces":`, `"email_address":"somebody@example.com","bounces":`},
		"deep inside":        {`"bounces":{`, `"bounces":{"of":[{"merge_fields":{}}],`},
		"an address alone":   {`"last_click":""`, `"last_click":"somebody@example.com"`},
		"with blanks around": {`"last_click":""`, `"last_click":" somebody@example.com\n"`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newMailWorld(t, fake.MailchimpConfig{})
			w.only("reports")
			w.kit.Inject(fake.Fault{Times: -1, Change: mailChanged(change[0], change[1])})
			equal(t, w.fetch(t), "mailchimp/reports:main failed file_private")
			if strings.Contains(w.outcomes[0].Err.Error(), "somebody") {
				t.Error(w.outcomes[0].Err)
			}
			w.clean(t)
		})
	}
	w := newMailWorld(t, fake.MailchimpConfig{})
	w.only("campaigns")
	w.Record = t.TempDir()
	w.kit.Inject(fake.Fault{Change: mailChanged(`"settings":{`, `"settings":{"from_name":"Label","reply_to":"label@example.com","note":"a <b> & 1.10","rate":0.10,`)})
	equal(t, w.fetch(t), "mailchimp/campaigns:main landed")
	_, pages := w.pages(t, "campaigns")
	if text := string(pages[0]["campaigns"]); !strings.Contains(text, `"note":"a <b> & 1.10","rate":0.10`) {
		t.Errorf("what is left was changed: %.300s", text)
	}
	recorded, err := filepath.Glob(filepath.Join(w.Record, "mailchimp-main", "*.json"))
	if err != nil || len(recorded) != 1 {
		t.Fatal(recorded, err)
	}
	if text, err := os.ReadFile(recorded[0]); err != nil || !bytes.Contains(text, []byte(`"from_name": "someone"`)) || bytes.Contains(text, []byte("label@")) || bytes.Contains(text, []byte("canary")) {
		t.Errorf("the recording holds %.200s", text)
	}
	if o := w.outcomes[0]; len(o.Warnings) != 1 || !strings.Contains(o.Warnings[0].What, "from_name, reply_to") {
		t.Errorf("%+v", o.Warnings)
	}
	w.clean(t)
}
