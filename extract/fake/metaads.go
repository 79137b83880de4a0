package fake

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// MetaConfig makes a fake of Meta's Marketing API. Its zero value, but for Now and Token, is the ad account of the demo.
type MetaConfig struct {
	Now   func() time.Time
	Seed  uint64
	Token string
	// AppID and AppSecret are those of the token's app; with a secret every call has to be proved.
	AppID, AppSecret string
	// Expires is when the token ends; zero is never.
	Expires time.Time
	// Account is the ad account in digits; Currency and Zone are its.
	Account, Currency, Zone string
	// Since is the first day with ads; zero is 400 days before the first call.
	Since     time.Time
	Campaigns []MetaCampaign
	// SyncRows and SyncDays are the most rows a page, and days a window, that come plainly; RunDays is the
	// most days that a report run takes. 0 is no limit.
	SyncRows, SyncDays, RunDays int
}

// Metaads is a fake of the Marketing API for one ad account.
type Metaads struct {
	Kit
	cfg     MetaConfig
	handler http.Handler

	state    sync.Mutex
	runs     map[string]*metaRun
	fates    []string
	blocked  time.Time
	throttle int
	limit    MetaLimit
}

// MetaLimit is a limit as the service tells of it.
type MetaLimit struct {
	Code, Subcode int
	// Wait is until calls are welcome again; 0 where the service does not say.
	Wait time.Duration
}

type metaRun struct {
	query   url.Values
	fate    string
	polls   int
	started time.Time
	polled  time.Time
	done    bool
}

// NewMetaads makes a fake of the Marketing API.
func NewMetaads(cfg MetaConfig) *Metaads {
	cfg.Account = cmp.Or(cfg.Account, "1010035716096012")
	cfg.Currency, cfg.Zone = cmp.Or(cfg.Currency, "USD"), cmp.Or(cfg.Zone, "America/Los_Angeles")
	if cfg.Since.IsZero() {
		cfg.Since = cfg.Now().AddDate(0, 0, -400)
	}
	if cfg.Campaigns == nil {
		cfg.Campaigns = metaCampaigns(cfg.Now())
	}
	f := &Metaads{cfg: cfg, runs: map[string]*metaRun{}}
	f.Now = cfg.Now
	f.handler = f.Wrap(http.HandlerFunc(f.answer))
	return f
}

// ServeHTTP answers as the service does.
func (f *Metaads) ServeHTTP(w http.ResponseWriter, r *http.Request) { f.handler.ServeHTTP(w, r) }

// Throttle answers the next calls by a limit; whoever asks before its wait is over is complained of.
func (f *Metaads) Throttle(calls int, limit MetaLimit) {
	f.state.Lock()
	defer f.state.Unlock()
	f.throttle, f.limit = calls, limit
}

// Runs says what becomes of the next report runs: "" is well, else early (unknown at first), idle (it never
// begins), slow (it never ends), failed, large or skipped.
func (f *Metaads) Runs(fates ...string) {
	f.state.Lock()
	defer f.state.Unlock()
	f.fates = fates
}

// MetaError is the body of an error.
func MetaError(code, subcode int, message string) string {
	inside := map[string]any{"message": fmt.Sprintf("(#%d) %s", code, message), "type": "OAuthException", "code": code, "fbtrace_id": "AmFGcW3hwDB7qFbl"}
	if subcode != 0 {
		inside["error_subcode"] = subcode
	}
	if code == 2 {
		inside["is_transient"] = true
	}
	return metaJSON(map[string]any{"error": inside})
}

func metaJSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // what is made here is always JSON
	}
	return string(text)
}

func (f *Metaads) answer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("X-App-Usage", `{"call_count":3,"total_time":2,"total_cputime":1}`)
	w.Header().Set("X-Ad-Account-Usage", `{"acc_id_util_pct":9.67,"reset_time_duration":100,"ads_api_access_tier":"standard_access"}`)
	refuse := func(status, code, subcode int, message string) {
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, MetaError(code, subcode, message))
	}
	if err := r.ParseForm(); err != nil {
		f.Complain("a form that is none: %v", err)
	}
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(path) < 2 || path[0] != "v25.0" && path[0] != "v26.0" {
		refuse(400, 2635, 0, "You are calling a deprecated version of the Ads API. Please update to the latest version: v27.0.")
		return
	}
	if f.throttled(w, refuse) {
		return
	}
	if path[1] == "debug_token" {
		f.debugToken(w, r, refuse)
		return
	}
	if !f.known(r, refuse) {
		return
	}
	query := r.Form
	query.Del("appsecret_proof")
	edge := strings.Join(path[2:], "/")
	switch {
	case path[1] == "act_"+f.cfg.Account && r.Method == http.MethodPost:
		f.start(w, edge, query, refuse)
	case r.Method != http.MethodGet:
		refuse(400, 100, 0, "Unsupported "+r.Method+" request")
	case path[1] == "act_"+f.cfg.Account && edge == "":
		f.account(w, query, refuse)
	case path[1] == "act_"+f.cfg.Account && edge == "insights":
		f.insights(w, r.URL.Path, query, refuse)
	case path[1] == "act_"+f.cfg.Account:
		f.objects(w, r.URL.Path, edge, query, refuse)
	default:
		f.run(w, r.URL.Path, path[1], edge, query, refuse)
	}
}

type refusal func(status, code, subcode int, message string)

// throttled answers by a limit, if there is one.
func (f *Metaads) throttled(w http.ResponseWriter, refuse refusal) bool {
	f.state.Lock()
	defer f.state.Unlock()
	now := f.cfg.Now()
	if now.Before(f.blocked) {
		f.Complain("asked %s too early", f.blocked.Sub(now))
	}
	if f.throttle == 0 {
		return false
	}
	f.throttle--
	used := map[string]any{"type": "ads_insights", "call_count": 100, "total_cputime": 23, "total_time": 23, "estimated_time_to_regain_access": f.limit.Wait.Minutes(), "ads_api_access_tier": "development_access"}
	if f.limit.Wait > 0 {
		w.Header().Set("X-Business-Use-Case-Usage", metaJSON(map[string]any{f.cfg.Account: []any{used}}))
		f.blocked = now.Add(f.limit.Wait)
	}
	refuse(400, f.limit.Code, f.limit.Subcode, "There have been too many calls from this ad-account. Wait a bit and try again.")
	return true
}

// known checks who is asking.
func (f *Metaads) known(r *http.Request, refuse refusal) bool {
	if r.Form.Has("access_token") {
		f.Complain("the token is in the address or form of %s", r.URL.Path)
	}
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bearer {
		token = r.Form.Get("access_token")
	}
	switch {
	case token != f.cfg.Token:
		refuse(400, 190, 467, "Malformed access token "+token)
	case !f.cfg.Expires.IsZero() && !f.cfg.Now().Before(f.cfg.Expires):
		refuse(400, 190, 463, "Error validating access token: Session has expired on "+f.cfg.Expires.Format(time.RFC1123))
	case f.cfg.AppSecret != "" && r.Form.Get("appsecret_proof") == "":
		f.Complain("no appsecret_proof at %s", r.URL.Path)
		refuse(400, 100, 0, "API calls from the server require an appsecret_proof argument")
	case f.cfg.AppSecret != "" && r.Form.Get("appsecret_proof") != f.proof(token):
		refuse(400, 104, 0, "Incorrect signature")
	default:
		return true
	}
	return false
}

func (f *Metaads) proof(token string) string {
	mac := hmac.New(sha256.New, []byte(f.cfg.AppSecret))
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil))
}

func (f *Metaads) debugToken(w http.ResponseWriter, r *http.Request, refuse refusal) {
	if r.Form.Get("access_token") != f.cfg.AppID+"|"+f.cfg.AppSecret {
		refuse(400, 190, 0, "Invalid OAuth access token signature.")
		return
	}
	data := map[string]any{"app_id": f.cfg.AppID, "type": "SYSTEM_USER", "is_valid": true, "expires_at": 0, "data_access_expires_at": 0, "scopes": []string{"ads_read"}, "user_id": "100000000000001"}
	if !f.cfg.Expires.IsZero() {
		data["expires_at"] = f.cfg.Expires.Unix()
		if !f.cfg.Now().Before(f.cfg.Expires) {
			data["is_valid"], data["error"] = false, map[string]any{"code": 190, "subcode": 463, "message": "Error validating access token: Session has expired."}
		}
	}
	if r.Form.Get("input_token") != f.cfg.Token {
		data["is_valid"], data["error"] = false, map[string]any{"code": 190, "message": "The access token could not be decrypted"}
	}
	_, _ = fmt.Fprint(w, metaJSON(map[string]any{"data": data}))
}

// fields checks a list of fields; what is known and asked for is wanted of a row.
func (f *Metaads) fields(query url.Values, known string, refuse refusal) ([]string, bool) {
	if query.Get("fields") == "" {
		f.Complain("no fields: the answer would have ids only")
		return nil, true
	}
	var names []string
	for _, name := range strings.Split(query.Get("fields"), ",") {
		name, _, _ = strings.Cut(name, "{")
		if !slices.Contains(strings.Split(known, ","), name) {
			f.Complain("field %s is unknown", name)
			refuse(400, 100, 0, "Tried accessing nonexisting field ("+name+")")
			return nil, false
		}
		names = append(names, name)
	}
	return names, true
}

// only complains of parameters that nobody knows.
func (f *Metaads) only(query url.Values, names ...string) {
	for name := range query {
		if !slices.Contains(names, name) {
			f.Complain("parameter %s is unknown", name)
		}
	}
}

func project(row map[string]any, fields []string) map[string]any {
	some := map[string]any{}
	for name, value := range row {
		if slices.Contains(fields, name) {
			some[name] = value
		}
	}
	return some
}

func (f *Metaads) account(w http.ResponseWriter, query url.Values, refuse refusal) {
	f.only(query, "fields")
	fields, ok := f.fields(query, "account_id,name,currency,timezone_name,timezone_offset_hours_utc,account_status,amount_spent,balance", refuse)
	if !ok {
		return
	}
	row := project(map[string]any{
		"account_id": f.cfg.Account, "name": "Label", "currency": f.cfg.Currency, "timezone_name": f.cfg.Zone, "timezone_offset_hours_utc": f.offset(),
		"account_status": 1, "amount_spent": "533950", "balance": "0",
	}, fields)
	row["id"] = "act_" + f.cfg.Account
	_, _ = fmt.Fprint(w, metaJSON(row))
}

// page answers with the rows from a cursor on. Cursors are bound to their list; the last page has one, too,
// and no next.
func (f *Metaads) page(w http.ResponseWriter, path string, query url.Values, rows []map[string]any, refuse refusal) {
	limit := 25
	if query.Has("limit") {
		limit, _ = strconv.Atoi(query.Get("limit"))
	}
	if limit < 1 || limit > 1000 {
		f.Complain("limit %s", query.Get("limit"))
		limit = 25
	}
	from, mark := 0, metaMark(path, query)
	if after := query.Get("after"); after != "" {
		text, err := base64.URLEncoding.DecodeString(after)
		list, place, _ := strings.Cut(string(text), " ")
		if from, _ = strconv.Atoi(place); err != nil || list != mark || from > len(rows) {
			f.Complain("a cursor of another list")
			refuse(400, 100, 0, "Invalid cursors values.")
			return
		}
	}
	end := min(from+limit, len(rows))
	cursor := func(at int) string { return base64.URLEncoding.EncodeToString(fmt.Append(nil, mark, " ", at)) }
	page := map[string]any{"data": append([]map[string]any{}, rows[from:end]...)}
	if len(rows) > 0 {
		paging := map[string]any{"cursors": map[string]any{"before": cursor(from), "after": cursor(end)}}
		if end < len(rows) {
			paging["next"] = "https://graph.facebook.com" + path + "?access_token=" + url.QueryEscape(f.cfg.Token) + "&limit=" + fmt.Sprint(limit) + "&after=" + cursor(end)
		}
		page["paging"] = paging
	}
	_, _ = fmt.Fprint(w, metaJSON(page))
}

// metaMark names a list: its path and what was asked of it.
func metaMark(path string, query url.Values) string {
	same := url.Values{}
	for name, values := range query {
		if name != "after" && name != "limit" {
			same[name] = values
		}
	}
	sum := sha256.Sum256([]byte(path + "?" + same.Encode()))
	return hex.EncodeToString(sum[:6])
}
