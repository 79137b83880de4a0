package extract

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"bedrot/extract/api"
)

const (
	// metaFew are days of which no fewer are asked for plainly: a report run comes before.
	metaFew = 7
	// A report run is looked after at first after metaFirstLook, then after waits that double up to
	// metaLongestLook; one that has not begun after metaIdle, or is not done after metaLongest, is given up.
	metaFirstLook, metaLongestLook = 10 * time.Second, 5 * time.Minute
	metaIdle, metaLongest          = 5 * time.Minute, 30 * time.Minute
)

// metaPart is one report about a window.
type metaPart struct {
	level, breakdown string
	// gone asks for what was archived or deleted: the account's own answer leaves deleted ones out.
	gone bool
}

// metaParts are all levels, with what is gone of each, and breakdowns of campaigns, which is what is
// compared by them.
func metaParts() []metaPart {
	return []metaPart{
		{level: "campaign"},
		{level: "campaign", gone: true},
		{level: "adset"},
		{level: "adset", gone: true},
		{level: "ad"},
		{level: "ad", gone: true},
		{level: "campaign", breakdown: "age,gender"},
		{level: "campaign", breakdown: "country"},
		{level: "campaign", breakdown: "publisher_platform"},
	}
}

// name tells levels and breakdowns apart.
func (p metaPart) name() string {
	if p.breakdown == "" {
		return p.level
	}
	return p.level + "_" + strings.ReplaceAll(p.breakdown, ",", "_")
}

// query is what is asked, but for the window.
func (p metaPart) query() url.Values {
	fields := "account_id,account_currency,campaign_id,campaign_name"
	switch p.level {
	case "adset":
		fields += ",adset_id,adset_name,attribution_setting"
	case "ad":
		fields += ",adset_id,adset_name,ad_id,ad_name,attribution_setting"
	}
	fields += ",objective,spend,impressions,reach,clicks,inline_link_clicks,actions,action_values"
	query := url.Values{"level": {p.level}, "time_increment": {"1"}, "fields": {fields}}
	if p.breakdown != "" {
		query.Set("breakdowns", p.breakdown)
	}
	if p.gone {
		query.Set("filtering", `[{"field":"`+p.level+`.effective_status","operator":"IN","value":["ARCHIVED","DELETED"]}]`)
	}
	return query
}

// metaWindow is a part over days, and where its pages go. What is gone shares a file with what is not, and
// so do the pieces of a window: a line that comes twice is then one line told twice, and not two files
// that disagree.
type metaWindow struct {
	metaPart
	since, until time.Time
	drop         *Drop
	file         string
}

func (w metaWindow) days() int { return int(w.until.Sub(w.since).Hours()/24) + 1 }

func (w metaWindow) query() url.Values {
	query := w.metaPart.query()
	query.Set("time_range", fmt.Sprintf(`{"since":%q,"until":%q}`, w.since.Format(time.DateOnly), w.until.Format(time.DateOnly)))
	return query
}

// insights asks for a window's days as far as they have begun where the account is.
func (m *meta) insights(ctx context.Context, ask Ask, drop *Drop) error {
	local := m.session.Now().In(m.account.zone)
	today := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
	since, until := ask.Since, ask.Until
	if until.After(today) {
		until = today
	}
	if since.After(until) {
		return nil
	}
	drop.From(m.base + "/act_" + m.id + "/insights")
	drop.Label("time_zone", m.account.zone.String())
	for _, part := range metaParts() {
		w := metaWindow{metaPart: part, since: since, until: until, drop: drop}
		w.file = fmt.Sprintf("insights_%s_%s_%s.ndjson", part.name(), since.Format(time.DateOnly), until.Format(time.DateOnly))
		back := drop.Mark(w.file)
		err := m.window(ctx, w)
		if fault, ok := api.As(err); ok && part.gone && fault.Kind == api.Invalid && fault.Name == "" {
			drop.Warn("request_refused", "what archived and deleted ones at the level of %ss spent is not told: %s", part.level, fault.Error())
			err = back()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// window asks for a part's days plainly, then for fewer of them, then by a report run, then by runs about
// fewer days.
func (m *meta) window(ctx context.Context, w metaWindow) error {
	reach := m.reached(w.name())
	if reach.days > 0 && w.days() > reach.days {
		return m.pieces(ctx, w, reach)
	}
	back := w.drop.Mark(w.file)
	if !reach.async {
		err := m.pages(ctx, w.drop, w.file, w.name(), m.base+"/act_"+m.id+"/insights", w.query(), w.line(m.id))
		if !tooMuch(err) {
			return err
		}
		if err := back(); err != nil {
			return err
		}
		if reach.days = (w.days() + 1) / 2; reach.days < metaFew {
			reach.days, reach.async = 0, true
		}
		m.session.Log.Info("asks for fewer days, or by a report run", "of", w.name(), "days", reach.days, "run", reach.async, "because", err)
		return m.window(ctx, w)
	}
	err := m.report(ctx, w)
	if !tooMuch(err) || w.days() == 1 {
		return err
	}
	if err := back(); err != nil {
		return err
	}
	reach.days = (w.days() + 1) / 2
	return m.window(ctx, w)
}

func tooMuch(err error) bool {
	fault, ok := api.As(err)
	return ok && fault.Kind == api.TooMuch
}

// pieces asks for a window by as many days at a time as can be had, which may become fewer on the way.
func (m *meta) pieces(ctx context.Context, w metaWindow, reach *metaReach) error {
	for since := w.since; !since.After(w.until); {
		piece := w
		piece.since = since
		if end := since.AddDate(0, 0, reach.days-1); reach.days > 0 && end.Before(w.until) {
			piece.until = end
		}
		if err := m.window(ctx, piece); err != nil {
			return err
		}
		since = piece.until.AddDate(0, 0, 1)
	}
	return nil
}

// report has the service make a report, waits for it and fetches it; a run that fails is started once more.
func (m *meta) report(ctx context.Context, w metaWindow) error {
	for again := false; ; again = true {
		run, err := m.start(ctx, w)
		if err != nil {
			return err
		}
		fault, err := m.await(ctx, run)
		switch {
		case err != nil:
			return err
		case fault == nil:
			return m.pages(ctx, w.drop, w.file, w.name(), m.base+"/"+run+"/insights", url.Values{}, w.line(m.id))
		case fault.Code == "-3/1504045" || again:
			fault.Attempts = 2
			return fault
		}
		m.session.Log.Info("starts a report run once more", "of", w.name(), "because", fault.Error())
	}
}

// start starts a report run. Twice the same does no harm: a run that nobody fetches is forgotten.
func (m *meta) start(ctx context.Context, w metaWindow) (run string, err error) {
	answer, err := m.client.Do(ctx, api.Request{
		Method: http.MethodPost, URL: m.base + "/act_" + m.id + "/insights", Form: w.query(), Repeatable: true,
	})
	if err != nil {
		return "", err
	}
	told := struct {
		Run json.RawMessage `json:"report_run_id"`
	}{answer.Body} // the bare number that the documentation shows
	_ = json.Unmarshal(answer.Body, &told)
	if run, ok := metaText(told.Run); ok && metaID.MatchString(run) {
		return run, nil
	}
	return "", api.Shape("report_run_id in digits", "%s", told.Run)
}

// await waits until a run is done. The fault is that of a run that came to nothing.
func (m *meta) await(ctx context.Context, run string) (*api.Fault, error) {
	address := m.base + "/" + run
	query := url.Values{"fields": {"async_status,async_percent_completion,error_code,error_subcode,error_message"}}
	early := 0
	for look, waited := metaFirstLook, time.Duration(0); ; look = min(2*look, metaLongestLook) {
		if err := m.session.Wait(ctx, look); err != nil {
			return nil, err
		}
		waited += look
		answer, err := m.client.Do(ctx, api.Request{URL: address, Query: query})
		if fault, ok := api.As(err); ok && fault.Code == "100/33" && early < 2 {
			early++ // a new run is not known everywhere at once
			continue
		}
		if err != nil {
			return nil, err
		}
		state, err := metaRunOf(answer)
		if err != nil {
			return nil, err
		}
		nothing := func(kind api.Kind, format string, args ...any) (*api.Fault, error) {
			code, _ := metaText(state.Code)
			if sub, ok := metaText(state.Subcode); ok {
				code += "/" + sub
			}
			text := m.session.Mask.Text(fmt.Sprintf(format, args...))
			return &api.Fault{Kind: kind, Code: code, Status: answer.Status, Message: text, Endpoint: "GET " + m.base + "/RUN"}, nil
		}
		switch state.Status {
		case "Job Completed":
			if state.done == 100 {
				return nil, nil
			}
		case "Job Failed":
			return nothing(api.TooMuch, "%s", strings.TrimSuffix("the report run failed: "+state.Message, ": "))
		case "Job Skipped":
			return nothing(api.Transient, "the report run expired")
		}
		switch {
		case state.done == 0 && waited >= metaIdle:
			return nothing(api.Transient, "the report run had not begun after %s", waited)
		case waited >= metaLongest:
			return nothing(api.TooMuch, "the report run was at %d %% after %s", state.done, waited)
		}
	}
}

// metaState is where a report run is.
type metaState struct {
	Status  string          `json:"async_status"`
	Done    json.RawMessage `json:"async_percent_completion"`
	Code    json.RawMessage `json:"error_code"`
	Subcode json.RawMessage `json:"error_subcode"`
	Message string          `json:"error_message"`
	done    int
}

func metaRunOf(answer *api.Answer) (state metaState, err error) {
	if err := answer.Decode(&state); err != nil {
		return state, err
	}
	if state.Status == "" {
		return state, api.Shape("async_status", "none")
	}
	done, ok := metaText(state.Done)
	if _, err := fmt.Sscanf(done, "%d", &state.done); !ok || err != nil {
		return state, api.Shape("async_percent_completion", "%s", state.Done)
	}
	return state, nil
}

var metaAmount = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

// line checks what is relied on of a line: that it is of the account, the level and a day that was asked
// for, and tells money.
func (w metaWindow) line(account string) func(map[string]json.RawMessage) error {
	since, until := w.since.Format(time.DateOnly), w.until.Format(time.DateOnly)
	levels := map[string]string{"campaign": "campaign_id", "adset": "adset_id", "ad": "ad_id"}
	return func(row map[string]json.RawMessage) error {
		day, ok := metaText(row["date_start"])
		if end, _ := metaText(row["date_stop"]); !ok || end != day || day < since || day > until || len(day) != len(since) {
			return api.Shape("a line about a day from "+since+" to "+until, "%s to %s", row["date_start"], row["date_stop"])
		}
		if spend, ok := metaText(row["spend"]); !ok || !metaAmount.MatchString(spend) {
			return api.Shape("an amount in spend", "%s", row["spend"])
		}
		if id, ok := metaText(row[levels[w.level]]); !ok || !metaID.MatchString(id) {
			return api.Shape("digits in "+levels[w.level], "%s", row[levels[w.level]])
		}
		if of, told := metaText(row["account_id"]); told && of != account {
			return api.Shape("lines of account "+account, "one of %s", of)
		}
		for _, name := range []string{"actions", "action_values"} {
			var list []map[string]json.RawMessage
			if value, there := row[name]; there && json.Unmarshal(value, &list) != nil {
				return api.Shape("a list in "+name, "%s", value)
			}
		}
		for _, name := range strings.Split(w.breakdown, ",") {
			if _, told := metaText(row[name]); name != "" && !told {
				return api.Shape("lines by "+w.breakdown, "one without %s", name)
			}
		}
		return nil
	}
}
