package fake

import (
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

// MailchimpConfig says what a Mailchimp account has.
type MailchimpConfig struct {
	// Now is the service's clock.
	Now func() time.Time
	// Key is the only one that is let in, such as 0123…-us21.
	Key  string
	Seed uint64
	// Since is when the first newsletter was sent, Every how long after one the next follows. Without Every two
	// are sent each month from that of Since on, those of the demo. Zero is February 2024.
	Since time.Time
	Every time.Duration
	// Titles are recordings that newsletters tell of; none are the demo's.
	Titles []string
	// PageCap is how many entries a page has at most, however many are asked for; 0 is 1000.
	PageCap int
	// Empty is an account that has no list and sent nothing.
	Empty bool
}

// Mailchimp is the Marketing API 3.0 of one account. It complains of clients that ask for subscribers, let
// the label's own names come over the wire, or page carelessly.
type Mailchimp struct {
	*Kit
	config  MailchimpConfig
	handler http.Handler

	mu      sync.Mutex
	open    int
	deleted map[string]bool
	changed map[string]int
	dead    bool
}

// NewMailchimp makes the fake; it answers without a server, too.
func NewMailchimp(config MailchimpConfig) *Mailchimp {
	if config.Since.IsZero() {
		config.Since = time.Date(2024, time.February, 1, 0, 0, 0, 0, time.UTC)
	}
	if config.PageCap == 0 {
		config.PageCap = 1000
	}
	if len(config.Titles) == 0 {
		config.Titles = []string{
			"GLASS HARBOR", "LOW ORBIT", "PAPER TIGERS", "NIGHT SHIFT", "SALT & STATIC", "WHO IS LEFT?", "RED MERIDIAN", "HOLLOW CITY", "OVERGROWN", "LAST TRAIN HOME",
		}
	}
	f := &Mailchimp{Kit: &Kit{Now: config.Now}, config: config, deleted: map[string]bool{}, changed: map[string]int{}}
	f.handler = f.Wrap(http.HandlerFunc(f.serve))
	return f
}

// Delete takes a campaign or list away: single answers about it are 404 from then on.
func (f *Mailchimp) Delete(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.deleted[id] = true
}

// Restate lets a campaign have that many opens more.
func (f *Mailchimp) Restate(id string, opens int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changed[id] += opens
}

// Revoke makes the key one of the past.
func (f *Mailchimp) Revoke() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dead = true
}

// MailchimpProblem is an error as the API tells it.
func MailchimpProblem(status int, title, detail string) Fault {
	body, _ := json.Marshal(mailProblem(status, title, detail)) // of texts and a number
	return Fault{Status: status, Body: string(body), Header: map[string]string{"Content-Type": "application/problem+json; charset=utf-8"}}
}

func mailProblem(status int, title, detail string) map[string]any {
	return map[string]any{
		"type": "https://mailchimp.com/developer/marketing/docs/errors/", "title": title, "status": status, "detail": detail, "instance": "995c5cb0-3280-4a6e-808b-3b096d0bb219",
	}
}

// mailMost is how many calls a careful client has open, mailLimit how many the service allows.
const mailMost, mailLimit = 4, 10

// ServeHTTP answers a call.
func (f *Mailchimp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.open++
	open := f.open
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.open--
		f.mu.Unlock()
	}()
	if open > mailMost {
		f.Complain("%d connections at once", open)
	}
	if open > mailLimit {
		f.refuse(w, http.StatusTooManyRequests, "Too Many Requests", "You have exceeded the limit of 10 simultaneous connections.")
		return
	}
	f.handler.ServeHTTP(w, r)
}

func (f *Mailchimp) refuse(w http.ResponseWriter, status int, title, detail string) {
	w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(mailProblem(status, title, detail)) // nobody is left to tell
}

// allowed reports whether the key is the right one, in its place.
func (f *Mailchimp) allowed(w http.ResponseWriter, r *http.Request) bool {
	if strings.Contains(r.URL.RawQuery, f.config.Key) || strings.Contains(r.URL.Path, f.config.Key) {
		f.Complain("the key is in the address of %s", r.URL.Path)
	}
	_, key, basic := r.BasicAuth()
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		key, basic = bearer, true
	}
	f.mu.Lock()
	dead := f.dead
	f.mu.Unlock()
	switch {
	case !basic:
		f.Complain("%s without a key", r.URL.Path)
		f.refuse(w, http.StatusUnauthorized, "API Key Missing", "Your request did not include an API key.")
	case dead || key != f.config.Key:
		f.refuse(w, http.StatusUnauthorized, "API Key Invalid", "Your API key may be invalid, or you've attempted to access the wrong datacenter.")
	default:
		return true
	}
	return false
}

func (f *Mailchimp) serve(w http.ResponseWriter, r *http.Request) {
	if !f.allowed(w, r) {
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/3.0/")
	if !ok || r.Method != http.MethodGet {
		f.Complain("%s %s is nothing to ask", r.Method, r.URL.Path)
		f.refuse(w, http.StatusNotFound, "Resource Not Found", "The requested resource could not be found.")
		return
	}
	parts := strings.Split(path, "/")
	switch {
	case path == "reports":
		f.list(w, r, mailListing{name: "reports", known: []string{"type", "since_send_time", "before_send_time"}, find: f.reports})
	case path == "campaigns":
		f.list(w, r, mailListing{name: "campaigns", sorted: "create_time", known: []string{
			"type", "status", "since_send_time", "before_send_time", "since_create_time", "before_create_time", "list_id", "sort_field", "sort_dir",
		}, find: f.campaigns})
	case path == "lists":
		f.list(w, r, mailListing{name: "lists", sorted: "date_created", known: []string{
			"since_date_created", "since_campaign_last_sent", "sort_field", "sort_dir", "include_total_contacts",
		}, find: f.lists})
	case len(parts) == 3 && parts[0] == "lists" && parts[2] == "growth-history" && f.hasList(parts[1]):
		f.list(w, r, mailListing{name: "history", sorted: "month", known: []string{"sort_field", "sort_dir"}, of: parts[1], find: func(url.Values) mailEntries { return f.growth(parts[1]) }})
	default:
		if len(parts) > 2 && parts[2] != "growth-history" {
			f.Complain("%s is about subscribers", r.URL.Path)
		}
		f.refuse(w, http.StatusNotFound, "Resource Not Found", "The requested resource could not be found.")
	}
}

// mailEntries are the entries of a list from old to new: how many there are, and the one at a place.
type mailEntries struct {
	count int
	at    func(int) map[string]any
}

// mailListing is a list that is given page by page.
type mailListing struct {
	name   string
	known  []string // the parameters beside those of paging
	sorted string   // the field it can be sorted by; empty where it cannot, and the newest come first
	of     string   // the list it is all about
	find   func(url.Values) mailEntries
}

func (f *Mailchimp) list(w http.ResponseWriter, r *http.Request, l mailListing) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		f.Complain("%s has a broken query", r.URL.Path)
	}
	if wrong := f.look(r.URL.Path, query, l); wrong != "" {
		f.Complain("%s: %s", r.URL.Path, wrong)
		f.refuse(w, http.StatusBadRequest, "Invalid Resource", "The resource submitted could not be validated: "+wrong)
		return
	}
	all := l.find(query)
	count, offset := mailNumber(query, "count", 10), mailNumber(query, "offset", 0)
	items := []map[string]any{}
	for i := offset; i < all.count && len(items) < min(count, f.config.PageCap); i++ {
		place := i
		if l.sorted == "" || query.Get("sort_dir") != "ASC" {
			place = all.count - 1 - i
		}
		items = append(items, all.at(place))
	}
	page := map[string]any{l.name: items, "total_items": all.count, "_links": mailLinks()}
	if l.of != "" {
		page["list_id"] = l.of
	}
	if l.name == "lists" {
		page["constraints"] = map[string]any{"may_create": false, "max_instances": 2, "current_total_instances": all.count}
	}
	text, _ := json.Marshal(page) // of what was made here
	answer, err := mailPick(text, query.Get("fields"), query.Get("exclude_fields"))
	if err != nil {
		f.refuse(w, http.StatusInternalServerError, "Internal Server Error", err.Error())
		return
	}
	for _, own := range []string{"from_name", "reply_to", "segment_text", "share_password", "address1", "beamer_address"} {
		if strings.Contains(string(answer), `"`+own+`":`) {
			f.Complain("%s: %s came over the wire", r.URL.Path, own)
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(answer)
}

func mailNumber(query url.Values, name string, otherwise int) int {
	if n, err := strconv.Atoi(query.Get(name)); err == nil {
		return n
	}
	return otherwise
}

// look says what is wrong with a call's parameters.
func (f *Mailchimp) look(path string, query url.Values, l mailListing) string {
	for name, values := range query {
		known := slices.Contains([]string{"count", "offset", "fields", "exclude_fields"}, name) || slices.Contains(l.known, name)
		switch {
		case !known:
			return name + " is no parameter"
		case len(values) != 1:
			return name + " is there twice"
		case strings.HasPrefix(name, "since_") || strings.HasPrefix(name, "before_"):
			if _, err := time.Parse("2006-01-02T15:04:05-07:00", values[0]); err != nil {
				return fmt.Sprintf("%s is no time: %q", name, values[0])
			}
		case name == "count" || name == "offset":
			if n, err := strconv.Atoi(values[0]); err != nil || n < 0 || name == "count" && n > 1000 {
				return name + " is not a number that may be asked for"
			}
		case name == "sort_field" && values[0] != l.sorted && (l.name != "campaigns" || values[0] != "send_time"):
			return "sorts by " + values[0]
		case name == "sort_dir" && values[0] != "ASC" && values[0] != "DESC":
			return "sorts " + values[0]
		}
	}
	if !query.Has("count") {
		f.Complain("%s without count: ten are given", path)
	}
	if query.Has("fields") && query.Has("exclude_fields") {
		f.Complain("%s: fields and exclude_fields", path)
	}
	for _, field := range strings.Split(query.Get("exclude_fields"), ",") {
		if field != "" && field != "_links" && !strings.HasPrefix(field, l.name+".") {
			f.Complain("%s: no field is called %s", path, field)
		}
	}
	if l.sorted != "" && query.Get("count") != "1" && (query.Get("sort_field") == "" || query.Get("sort_dir") != "ASC") {
		f.Complain("%s: not sorted from old to new, so that what is new moves the others", path)
	}
	if l.name == "reports" && query.Get("before_send_time") == "" {
		f.Complain("%s: what is sent meanwhile moves the others", path)
	}
	return ""
}

// mailPick is the answer with the fields asked for, or without those not wanted. Paths lead through lists.
func mailPick(text []byte, fields, without string) ([]byte, error) {
	var value map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	for _, path := range strings.Split(without, ",") {
		mailDrop(value, strings.Split(path, "."))
	}
	if fields != "" {
		var paths [][]string
		for _, path := range strings.Split(fields, ",") {
			paths = append(paths, strings.Split(path, "."))
		}
		mailOnly(value, paths)
	}
	return json.Marshal(value)
}

func mailDrop(value any, path []string) {
	switch v := value.(type) {
	case []any:
		for _, inside := range v {
			mailDrop(inside, path)
		}
	case map[string]any:
		if len(path) == 1 {
			delete(v, path[0])
			return
		}
		mailDrop(v[path[0]], path[1:])
	}
}

func mailOnly(value any, paths [][]string) {
	switch v := value.(type) {
	case []any:
		for _, inside := range v {
			mailOnly(inside, paths)
		}
	case map[string]any:
		for key, inside := range v {
			var rest [][]string
			named, whole := false, false
			for _, path := range paths {
				if path[0] != key {
					continue
				}
				if named = true; len(path) == 1 {
					whole = true
				} else {
					rest = append(rest, path[1:])
				}
			}
			switch {
			case !named:
				delete(v, key)
			case !whole:
				mailOnly(inside, rest)
			}
		}
	}
}

func mailLinks() []any {
	return []any{map[string]any{"rel": "self", "method": "GET"}}
}
