package extract

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"bedrot/extract/fake"
)

// TestMailchimpGoesOnWhereTheDemoEnds holds the live demo to the figures of the other.
func TestMailchimpGoesOnWhereTheDemoEnds(t *testing.T) {
	c := DemoConfig{Seed: 7}.withDefaults()
	at := c.asOf(DemoNights)
	service := fake.NewMailchimp(fake.MailchimpConfig{Seed: 7, Key: mailKey, Now: func() time.Time { return at }})
	reports := "reports?count=1000&exclude_fields=reports._links,reports.share_report&before_send_time=2030-01-01T00:00:00%2B00:00&since_send_time=" +
		at.AddDate(0, 0, -90).Format("2006-01-02T15:04:05") + "%2B00:00"
	growth := "lists/" + demoList + "/growth-history?count=1000&sort_field=month&sort_dir=ASC"
	for path, want := range map[string]any{reports: c.mailReports(at), growth: c.mailGrowth(at)} {
		request := httptest.NewRequest(http.MethodGet, "/3.0/"+path, nil)
		request.SetBasicAuth("", mailKey)
		answer := httptest.NewRecorder()
		service.ServeHTTP(answer, request)
		got, demo := figures(t, answer.Body.Bytes()), figures(t, want)
		if len(demo) < 6 {
			t.Errorf("the demo has %d entries", len(demo))
		}
		for id, entry := range demo {
			if got[id] != entry {
				t.Errorf("%s is\n%s, the demo says\n%s", id, got[id], entry)
			}
		}
	}
	if wrong := service.Wrong(); len(wrong) > 0 {
		t.Error(wrong)
	}
}

// figures are the entries of an answer by their name, without links.
func figures(t *testing.T, answer any) map[string]string {
	t.Helper()
	text, isText := answer.([]byte)
	if !isText {
		var err error
		if text, err = json.Marshal(answer); err != nil {
			t.Fatal(err)
		}
	}
	var page map[string]json.RawMessage
	if err := json.Unmarshal(text, &page); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, name := range []string{"reports", "history"} {
		if page[name] == nil {
			continue
		}
		for _, entry := range entriesOf(t, []map[string]json.RawMessage{page}, name) {
			delete(entry, "_links")
			whole, err := json.Marshal(entry)
			if err != nil {
				t.Fatal(err)
			}
			found[fmt.Sprint(entry["id"], entry["month"])] = string(whole)
		}
	}
	return found
}
