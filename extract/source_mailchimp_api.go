package extract

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"bedrot/extract/api"
	"bedrot/zones"
)

const (
	mailVersion = "3.0"
	mailCount   = 1000   // the most that a page may have
	mailPages   = 20_000 // far beyond any account, so that a service that never ends does
	// mailReads is for how long a campaign's report is read again after it was sent.
	mailReads = 30 * 24 * time.Hour
	mailStamp = "2006-01-02T15:04:05+00:00"
)

// mailAPI is how Mailchimp wants to be asked. It allows ten connections to all programs of a user
// together, says nothing of its limits in headers, and has no version but the one.
func mailAPI() API {
	return API{
		Version: mailVersion,
		Policy:  api.Policy{Connections: 4, Tries: 4, First: 3 * time.Second, Judge: judgeMail},
		Private: append(append([]string(nil), mailSubscriber...), mailOwn...),
	}
}

// mailClient asks for one account.
type mailClient struct {
	session *Session
	client  *api.Client
	base    string
	at      time.Time // when the ask began
	removed []string  // keys that came although they were not asked for
	moved   string    // how a list changed while it was read
}

// mailCentre is a data centre, and nothing that leads an address elsewhere.
var mailCentre = regexp.MustCompile(`^[a-z]{2,4}[0-9]{1,4}$`)

func newMail(s *Session) (*mailClient, error) {
	key := strings.TrimSpace(s.Setting("MAILCHIMP_API_KEY"))
	s.Mask.Add(key)
	_, centre := mailCut(key, "-")
	if !mailCentre.MatchString(centre) {
		return nil, &zones.Error{
			Code: "config", What: "MAILCHIMP_API_KEY does not end in a data centre, such as -us21: it is no API key of Mailchimp, or not the whole of it",
			Next: "copy the whole key into .env beside lake.toml, then bedrot extract --only " + s.Source.Name + ":" + s.Account,
		}
	}
	base := strings.ReplaceAll(s.Setting("MAILCHIMP_API_URL"), "{dc}", centre)
	client := s.Client(func(r *http.Request) error {
		r.SetBasicAuth("", key) // any user name will do; the mask knows this form
		return nil
	})
	return &mailClient{session: s, client: client, base: strings.TrimRight(base, "/") + "/" + mailVersion}, nil
}

// mailCut cuts at the last separator; without one nothing is after it.
func mailCut(text, separator string) (before, after string) {
	if i := strings.LastIndex(text, separator); i >= 0 {
		return text[:i], text[i+len(separator):]
	}
	return text, ""
}

// extractMailchimp fetches what is asked for: one drop a stream, all pages in one file.
func extractMailchimp(ctx context.Context, s *Session) error {
	m, err := newMail(s)
	if err != nil {
		return err
	}
	return s.Each(ctx, m.fetch)
}

// probeMailchimp counts the account's lists.
func probeMailchimp(ctx context.Context, s *Session) (hint string, err error) {
	m, err := newMail(s)
	if err != nil {
		return "", err
	}
	answer, err := m.client.Do(ctx, api.Request{URL: m.base + "/lists", Query: url.Values{"count": {"1"}, "fields": {"total_items"}}})
	if err != nil {
		return "", err
	}
	var page struct {
		Total *json.Number `json:"total_items"`
	}
	if err := answer.Decode(&page); err != nil {
		return "", err
	}
	if page.Total == nil {
		return "", api.Shape("total_items", "none")
	}
	if page.Total.String() == "0" {
		return "the key works, and its account has no list: it may be another account's", nil
	}
	return "", nil
}

func (m *mailClient) fetch(ctx context.Context, ask Ask, drop *Drop) error {
	m.at, m.removed, m.moved = m.session.Now().UTC(), nil, ""
	name := ask.Stream.Name + "_" + m.at.Format("20060102_150405") + ".ndjson"
	land := func(page mailPage) error { return drop.Page(name, page.body) }
	var err error
	if ask.Stream.Name == "growth_history" {
		err = m.growth(ctx, drop, land)
	} else {
		list := mailLists(ask, m.at)
		drop.From(m.base + list.path)
		if since := list.query.Get("since_send_time"); since != "" {
			drop.Label("since_send_time", since)
		}
		err = m.pages(ctx, list, land)
	}
	if err != nil {
		return err
	}
	if len(m.removed) > 0 {
		drop.Warn("file_warning", "answers hold %s, which nobody asked for: they are left out", strings.Join(m.removed, ", "))
	}
	if m.moved != "" {
		drop.Warn("file_warning", "%s; what was missed comes with the next run", m.moved)
	}
	return nil
}

// mailList is a list that is read page by page.
type mailList struct {
	path  string
	name  string // the member that holds it
	query url.Values
	of    string // the id of the list that it is all about, else empty
}

// mailLists is the list of a stream. Everything is sorted from old to new where the service can, so that
// what is new meanwhile comes last; reports it cannot sort, so that those sent meanwhile are left out.
func mailLists(ask Ask, at time.Time) mailList {
	list := mailList{path: "/" + ask.Stream.Name, name: ask.Stream.Name, query: url.Values{"exclude_fields": {mailExclude(ask.Stream.Name)}}}
	switch ask.Stream.Name {
	case "reports":
		list.query.Set("before_send_time", at.Format(mailStamp))
		if !ask.Newest.IsZero() {
			list.query.Set("since_send_time", ask.Newest.UTC().Add(-mailReads).Format(mailStamp))
		}
	case "campaigns":
		list.query.Set("sort_field", "create_time")
		list.query.Set("sort_dir", "ASC")
	case "lists":
		list.query.Set("sort_field", "date_created")
		list.query.Set("sort_dir", "ASC")
		list.query.Set("include_total_contacts", "true")
	}
	return list
}

// growth fetches the growth of every list. One that was deleted meanwhile is passed over.
func (m *mailClient) growth(ctx context.Context, drop *Drop, land func(mailPage) error) error {
	drop.From(m.base + "/lists/*/growth-history")
	var ids []string
	all := mailList{path: "/lists", name: "lists", query: url.Values{"fields": {"lists.id,total_items"}, "sort_field": {"date_created"}, "sort_dir": {"ASC"}}}
	err := m.pages(ctx, all, func(page mailPage) error {
		for _, item := range page.items {
			ids = append(ids, item.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	asked := map[string]bool{}
	for _, id := range ids {
		if asked[id] {
			continue // it was on two pages
		}
		asked[id] = true
		list := mailList{
			path: "/lists/" + url.PathEscape(id) + "/growth-history", name: "history", of: id,
			query: url.Values{"exclude_fields": {mailExclude("history")}, "sort_field": {"month"}, "sort_dir": {"ASC"}},
		}
		err := m.pages(ctx, list, land)
		if fault, ok := api.As(err); ok && fault.Kind == api.Gone {
			drop.Warn("file_warning", "the list %s is there no more: its growth stays as it was", id)
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pages reads a list to its end and hands over each page once it is known to be harmless and in shape.
func (m *mailClient) pages(ctx context.Context, list mailList, each func(mailPage) error) error {
	seen := map[uint64]bool{}
	offset, total := 0, -1
	for range mailPages {
		query := url.Values{"count": {strconv.Itoa(mailCount)}, "offset": {strconv.Itoa(offset)}}
		for name, values := range list.query {
			query[name] = values
		}
		answer, err := m.client.Do(ctx, api.Request{URL: m.base + list.path, Query: query})
		if err != nil {
			return err
		}
		page, err := m.read(answer, list)
		if err != nil {
			return err
		}
		if total >= 0 && page.total != total && m.moved == "" {
			m.moved = fmt.Sprintf("%s changed while they were read, from %d to %d", list.name, total, page.total)
		}
		total = page.total
		offset += len(page.items)
		name := page.fingerprint()
		switch {
		case len(page.items) == 0 && offset < total:
			return api.Shape(fmt.Sprintf("%d of %s", total, list.name), "an empty page after %d", offset)
		case seen[name]:
			return api.Shape("another page of "+list.name, "one that was there before, at %d of %d", offset, total)
		}
		seen[name] = true
		if err := each(page); err != nil {
			return err
		}
		if offset >= total {
			return nil
		}
	}
	return api.Shape("an end of "+list.name, "%d pages", mailPages)
}

// mailProblem is an error as Mailchimp tells it (RFC 7807).
type mailProblem struct {
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Status int    `json:"status"`
	Errors []struct {
		Field   string `json:"field"`
		Message string `json:"message"`
	} `json:"errors"`
}

// mailTitles class problems by what Mailchimp calls them.
var mailTitles = map[string]api.Kind{
	"api key missing": api.Login, "api key invalid": api.Login, "user disabled": api.Login, "wrongdatacenter": api.Login, "wrong datacenter": api.Login,
	"forbidden": api.Forbidden, "too many requests": api.Throttled, "resource not found": api.Gone,
	"invalid resource": api.Invalid, "bad request": api.Invalid, "method not allowed": api.Invalid, "internal server error": api.Transient,
}

// judgeMail classes an answer. A 403 that is no JSON does not come from the API but from what stands before
// it, and turns away who asks too much.
func judgeMail(a *api.Answer) *api.Fault {
	if a.Status < 400 && !strings.Contains(a.Header.Get("Content-Type"), "problem+json") {
		return nil
	}
	var problem mailProblem
	var kind *json.UnmarshalTypeError
	if err := json.Unmarshal(a.Body, &problem); err != nil && !errors.As(err, &kind) || problem.Title == "" && !json.Valid(a.Body) {
		if a.Status == http.StatusForbidden {
			return &api.Fault{Kind: api.Throttled, Message: "turned away before the API, as who asks too much"}
		}
		return nil
	}
	fault := &api.Fault{Code: problem.Title, Message: problem.Detail}
	if fault.Message == "" {
		fault.Message = "Mailchimp says no more"
	}
	for _, e := range problem.Errors {
		fault.Message += fmt.Sprintf("; %s: %s", e.Field, e.Message)
	}
	known := false
	if fault.Kind, known = mailTitles[strings.ToLower(problem.Title)]; !known {
		fault.Kind = mailStatus(max(a.Status, problem.Status))
	}
	switch {
	case strings.EqualFold(problem.Title, "User Disabled"):
		fault.Next = "let a user that is not disabled make a key, and put it into .env as MAILCHIMP_API_KEY"
	case fault.Kind == api.Login:
		fault.Next = "make an API key in the account's settings at mailchimp.com and put it into .env as MAILCHIMP_API_KEY; then bedrot extract --only mailchimp"
	}
	return fault
}

func mailStatus(status int) api.Kind {
	switch {
	case status == http.StatusUnauthorized:
		return api.Login
	case status == http.StatusForbidden:
		return api.Forbidden
	case status == http.StatusNotFound || status == http.StatusGone:
		return api.Gone
	case status == http.StatusTooManyRequests:
		return api.Throttled
	case status == http.StatusRequestTimeout || status == http.StatusTooEarly || status >= 500:
		return api.Transient
	case status >= 400:
		return api.Invalid
	}
	return api.Unexpected
}

// fingerprint tells pages apart by what is on them.
func (p mailPage) fingerprint() uint64 {
	sum := fnv.New64a()
	for _, item := range p.items {
		_, _ = sum.Write([]byte(item.ID + item.Month + "\n")) // never fails
	}
	return sum.Sum64()
}
