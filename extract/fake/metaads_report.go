package fake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const metaInsightFields = "account_id,account_currency,campaign_id,campaign_name,adset_id,adset_name,ad_id,ad_name,objective,spend,impressions,reach," +
	"frequency,clicks,inline_link_clicks,actions,action_values,attribution_setting,date_start,date_stop"

// metaAsk is what a report is about.
type metaAsk struct {
	level        string
	since, until time.Time
	breakdown    string
	statuses     []string // of the level's objects; nil is all but deleted ones
	fields       []string
}

// ask reads the parameters of a report as strictly as the service, and complains of what no client should send.
func (f *Metaads) ask(query url.Values, refuse refusal) (a metaAsk, ok bool) {
	f.only(query, "level", "time_increment", "time_range", "fields", "breakdowns", "filtering", "limit", "after")
	invalid := func(format string, args ...any) (metaAsk, bool) {
		text := fmt.Sprintf(format, args...)
		f.Complain("%s", text)
		refuse(400, 100, 0, text)
		return a, false
	}
	if a.level = query.Get("level"); !slices.Contains([]string{"account", "campaign", "adset", "ad"}, a.level) {
		return invalid("level %q", a.level)
	}
	if query.Get("time_increment") != "1" {
		f.Complain("time_increment %q: the answer is no days", query.Get("time_increment"))
	}
	var window struct{ Since, Until string }
	if err := json.Unmarshal([]byte(query.Get("time_range")), &window); err != nil {
		return invalid("time_range %q", query.Get("time_range"))
	}
	var errs [2]error
	a.since, errs[0] = time.Parse(time.DateOnly, window.Since)
	a.until, errs[1] = time.Parse(time.DateOnly, window.Until)
	if errs[0] != nil || errs[1] != nil || a.until.Before(a.since) || a.until.After(f.today()) {
		return invalid("time_range %s to %s, where today is %s", window.Since, window.Until, f.today().Format(time.DateOnly))
	}
	if a.since.Before(f.today().AddDate(0, -37, 0)) {
		f.Complain("a start beyond 37 months")
		refuse(400, 3018, 0, "The start date of the time range cannot be beyond 37 months from the current date")
		return a, false
	}
	if a.breakdown = query.Get("breakdowns"); metaShares(a.breakdown) == nil {
		f.Complain("breakdowns %s", a.breakdown)
		refuse(400, 2, 1504041, "invalid breakdown combination")
		return a, false
	}
	if text := query.Get("filtering"); text != "" {
		var filters []struct {
			Field, Operator string
			Value           []string
		}
		if err := json.Unmarshal([]byte(text), &filters); err != nil || len(filters) != 1 || filters[0].Field != a.level+".effective_status" || filters[0].Operator != "IN" {
			return invalid("filtering %s", text)
		}
		a.statuses = filters[0].Value
	}
	a.fields, ok = f.fields(query, metaInsightFields, refuse)
	a.fields = append(a.fields, "date_start", "date_stop")
	a.fields = append(a.fields, strings.Split(a.breakdown, ",")...)
	return a, ok
}

// insights answers plainly.
func (f *Metaads) insights(w http.ResponseWriter, path string, query url.Values, refuse refusal) {
	ask, ok := f.ask(query, refuse)
	if !ok {
		return
	}
	w.Header().Set("X-FB-Ads-Insights-Throttle", `{"app_id_util_pct":10,"acc_id_util_pct":10,"ads_api_access_tier":"standard_access"}`)
	rows := f.rows(ask)
	wanted, _ := strconv.Atoi(query.Get("limit"))
	switch limit := f.cfg.SyncRows; {
	case f.cfg.SyncDays > 0 && ask.until.Sub(ask.since) >= time.Duration(f.cfg.SyncDays)*24*time.Hour:
		refuse(400, 2, 1504038, "Request timed out")
		return
	case limit > 0 && len(rows) > limit && wanted > limit:
		refuse(500, 1, 0, "Please reduce the amount of data you're asking for, then retry your request")
		return
	}
	f.page(w, path, query, rows, refuse)
}

// start starts a report run.
func (f *Metaads) start(w http.ResponseWriter, edge string, query url.Values, refuse refusal) {
	if edge != "insights" {
		refuse(400, 100, 0, "Unsupported post request")
		return
	}
	if _, ok := f.ask(query, refuse); !ok {
		return
	}
	f.state.Lock()
	defer f.state.Unlock()
	run := &metaRun{query: query, started: f.cfg.Now()}
	if len(f.fates) > 0 {
		run.fate, f.fates = f.fates[0], f.fates[1:]
	}
	id := fmt.Sprint(6023920149050 + len(f.runs))
	f.runs[id] = run
	if len(f.runs)%2 == 0 {
		_, _ = fmt.Fprint(w, id) // the documentation's form
		return
	}
	_, _ = fmt.Fprint(w, metaJSON(map[string]any{"report_run_id": id}))
}

// run tells how far a run is, or its rows.
func (f *Metaads) run(w http.ResponseWriter, path, id, edge string, query url.Values, refuse refusal) {
	f.state.Lock()
	defer f.state.Unlock()
	run := f.runs[id]
	if run == nil {
		f.Complain("%s %s is unknown", id, edge)
		refuse(400, 100, 33, "Unsupported get request. Object with ID '"+id+"' does not exist")
		return
	}
	if edge != "insights" {
		f.poll(w, id, run, query, refuse)
		return
	}
	f.only(query, "limit", "after")
	if !run.done {
		f.Complain("run %s is fetched before it is done", id)
		refuse(400, 2601, 0, "Loading Async Session failed")
		return
	}
	ask, ok := f.ask(run.query, refuse)
	if ok {
		f.page(w, path, query, f.rows(ask), refuse)
	}
}

func (f *Metaads) poll(w http.ResponseWriter, id string, run *metaRun, query url.Values, refuse refusal) {
	f.only(query, "fields")
	now := f.cfg.Now()
	if last := run.polled; !last.IsZero() && now.Sub(last) < 10*time.Second || now.Sub(run.started) < 10*time.Second {
		f.Complain("run %s is looked after too often", id)
	}
	run.polled = now
	run.polls++
	if run.fate == "early" && run.polls == 1 {
		refuse(400, 100, 33, "Unsupported get request. Object with ID '"+id+"' does not exist")
		return
	}
	state := map[string]any{"id": id, "account_id": f.cfg.Account, "async_status": "Job Running", "async_percent_completion": min(99, run.polls*40)}
	ask, _ := f.ask(run.query, func(int, int, int, string) {})
	if f.cfg.RunDays > 0 && ask.until.Sub(ask.since) >= time.Duration(f.cfg.RunDays)*24*time.Hour {
		run.fate = "large"
	}
	failed := func(code, subcode int, message string) {
		state["async_status"], state["error_code"], state["error_subcode"], state["error_message"] = "Job Failed", code, subcode, message
	}
	switch {
	case run.fate == "idle":
		state["async_status"], state["async_percent_completion"] = "Job Not Started", 0
	case run.fate == "slow":
	case run.polls < 3:
	case run.fate == "failed":
		failed(-2, 2490547, "the report failed")
	case run.fate == "large":
		failed(-3, 1504045, "the report is too large")
	case run.fate == "skipped":
		state["async_status"] = "Job Skipped"
	case run.polls == 3: // done says the status, but not all of it
		state["async_status"] = "Job Completed"
	default:
		state["async_status"], state["async_percent_completion"], run.done = "Job Completed", 100, true
	}
	fields, ok := f.fields(query, "id,account_id,async_status,async_percent_completion,error_code,error_subcode,error_message", refuse)
	if ok {
		_, _ = fmt.Fprint(w, metaJSON(project(state, fields)))
	}
}
