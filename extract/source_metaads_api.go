package extract

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"bedrot/extract/api"
	"bedrot/zones"
)

const (
	// metaVersion is spoken, in every address: an address without one means an old version.
	metaVersion = "v25.0"
	// metaRows are asked for in a page, metaFewest where that is too much.
	metaRows, metaFewest = 200, 25
	// metaPages are more than any list has.
	metaPages = 100_000
	// metaSoon is how long before its end a login is told of.
	metaSoon = 7 * 24 * time.Hour
)

// metaEnds is when the Marketing API is expected to stop speaking metaVersion. It was released on 18
// February 2026, and v24.0 lived for 363 days.
func metaEnds() time.Time { return time.Date(2027, time.February, 16, 0, 0, 0, 0, time.UTC) }

// meta asks the Marketing API about one ad account.
type meta struct {
	session *Session
	client  *api.Client
	base    string // with the version
	id      string // of the ad account, in digits
	token   string
	secret  string
	reach   map[string]*metaReach
	account metaAccount
}

// metaAccount is what the ad account says of itself.
type metaAccount struct {
	answer []byte
	zone   *time.Location
}

// metaReach is how much is asked for at a time, by what is asked for; it shrinks when that is too much,
// and stays so for the rest of the run.
type metaReach struct {
	rows  int
	eased bool // for an unknown error
	days  int  // 0 is as many as are wanted
	async bool // a report run, since a plain answer takes too long
}

var metaID = regexp.MustCompile(`^[0-9]{1,30}$`)

func newMeta(s *Session) (*meta, error) {
	m := &meta{session: s, reach: map[string]*metaReach{}}
	m.token, m.secret = s.Setting("META_ACCESS_TOKEN"), s.Setting("META_APP_SECRET")
	m.base = strings.TrimSuffix(s.Setting("META_API_URL"), "/") + "/" + metaVersion
	m.id = strings.TrimPrefix(strings.TrimSpace(s.Setting("META_AD_ACCOUNT_ID")), "act_")
	if !metaID.MatchString(m.id) {
		return nil, &zones.Error{
			Code: "config", What: "META_AD_ACCOUNT_ID is no id of an ad account, which is digits, with act_ before them or without",
			Next: "look it up in the Ads Manager, where it stands in the address as act=, and put it into .env",
		}
	}
	m.client = s.Client(m.authorize)
	return m, nil
}

// authorize puts the token into a header, where addresses, and what logs them, do not have it. A call that
// brings a token of its own keeps it.
func (m *meta) authorize(r *http.Request) error {
	query, token := r.URL.Query(), m.token
	if own := query.Get("access_token"); own != "" {
		token = own
	} else {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if m.secret != "" {
		mac := hmac.New(sha256.New, []byte(m.secret))
		mac.Write([]byte(token)) // never fails
		proof := hex.EncodeToString(mac.Sum(nil))
		m.session.Mask.Add(proof)
		query.Set("appsecret_proof", proof)
		r.URL.RawQuery = query.Encode()
	}
	return nil
}

// extractMetaads asks who is asking and about which account, then for what is due.
func extractMetaads(ctx context.Context, s *Session) error {
	m, err := newMeta(s)
	if err != nil {
		return err
	}
	if warning, err := m.login(ctx); err != nil {
		return err
	} else if warning != "" {
		s.Warn("login_ending", metaNewToken, "%s", warning)
	}
	if err := m.describe(ctx); err != nil {
		return err
	}
	return s.Each(ctx, func(ctx context.Context, ask Ask, drop *Drop) error {
		switch ask.Stream.Name {
		case "account":
			drop.From(m.base + "/act_" + m.id)
			return drop.Page("account.ndjson", m.account.answer)
		case "insights":
			return m.insights(ctx, ask, drop)
		}
		return m.objects(ctx, ask, drop)
	})
}

// probeMetaads makes the calls that begin every night.
func probeMetaads(ctx context.Context, s *Session) (string, error) {
	m, err := newMeta(s)
	if err != nil {
		return "", err
	}
	hint, err := m.login(ctx)
	if err != nil {
		return "", err
	}
	if hint != "" {
		hint += ": " + metaNewToken
	}
	return hint, m.describe(ctx)
}

const metaNewToken = "make a new system-user token with ads_read (Business settings, Users, System users, Generate token) and put it into .env as META_ACCESS_TOKEN"

// login asks how long the token lives, which only the app may; without the app's id and secret, or when
// the question itself fails, the calls that follow tell.
func (m *meta) login(ctx context.Context) (warning string, err error) {
	app := m.session.Setting("META_APP_ID")
	if app == "" || m.secret == "" {
		return "", nil
	}
	answer, err := m.client.Do(ctx, api.Request{URL: m.base + "/debug_token", Query: url.Values{
		"input_token": {m.token}, "access_token": {app + "|" + m.secret},
	}})
	if err != nil {
		if _, ok := api.As(err); !ok {
			return "", err
		}
		m.session.Log.Warn("how long the token lives is not known", "because", err)
		return "", nil
	}
	var told struct {
		Data *struct {
			Valid   *bool `json:"is_valid"`
			Expires int64 `json:"expires_at"`
			Lapses  int64 `json:"data_access_expires_at"`
			Error   struct {
				Message string `json:"message"`
			} `json:"error"`
		} `json:"data"`
	}
	if err := answer.Decode(&told); err != nil {
		return "", err
	}
	if told.Data == nil || told.Data.Valid == nil {
		return "", api.Shape("data.is_valid", "none")
	}
	now := m.session.Now()
	ended := func(what string) error {
		return &api.Fault{Kind: api.Login, Endpoint: "GET debug_token", Attempts: 1, Message: m.session.Mask.Text(what), Next: metaNewToken}
	}
	if !*told.Data.Valid {
		return "", ended(strings.TrimSuffix("the token is not valid: "+told.Data.Error.Message, ": "))
	}
	what, at := "the token", told.Data.Expires // 0 is never
	if lapses := told.Data.Lapses; lapses != 0 && (at == 0 || lapses < at) {
		what, at = "the token's access to data", lapses
	}
	switch left := time.Unix(at, 0).Sub(now); {
	case at == 0:
	case left <= 0:
		return "", ended(what + " ended on " + time.Unix(at, 0).UTC().Format(time.DateOnly))
	case left <= metaSoon:
		return what + " ends on " + time.Unix(at, 0).UTC().Format("2006-01-02 15:04 MST"), nil
	}
	return "", nil
}

// describe asks for the account: its zone says which days there are.
func (m *meta) describe(ctx context.Context) error {
	answer, err := m.client.Do(ctx, api.Request{URL: m.base + "/act_" + m.id, Query: url.Values{
		"fields": {"account_id,name,currency,timezone_name,timezone_offset_hours_utc,account_status,amount_spent,balance"},
	}})
	if err != nil {
		return err
	}
	var told struct {
		ID       string      `json:"account_id"`
		Currency string      `json:"currency"`
		Zone     string      `json:"timezone_name"`
		Offset   json.Number `json:"timezone_offset_hours_utc"`
	}
	if err := answer.Decode(&told); err != nil {
		return err
	}
	switch {
	case told.ID != m.id:
		return api.Shape("account_id "+m.id, "%q", told.ID)
	case told.Currency == "" || told.Zone == "":
		return api.Shape("currency and timezone_name", "%q and %q", told.Currency, told.Zone)
	}
	m.account.answer = answer.Body
	if m.account.zone, err = time.LoadLocation(told.Zone); err == nil {
		return nil
	}
	// A system without a list of zones: the offset of now is an hour off at most.
	hours, err := told.Offset.Float64()
	if err != nil {
		return api.Shape("a zone that is known, or an offset", "%q and %q", told.Zone, told.Offset)
	}
	m.account.zone = time.FixedZone(told.Zone, int(hours*3600))
	return nil
}

// metaList is one of the lists of an account's objects. What is archived or deleted is listed only where
// its status is asked for.
type metaList struct{ edge, fields, statuses string }

var metaLists = map[string]metaList{
	"campaigns": {
		"campaigns", "id,account_id,name,objective,status,effective_status,buying_type,daily_budget,lifetime_budget,budget_remaining,spend_cap,bid_strategy,special_ad_categories,start_time,stop_time,created_time,updated_time",
		"ACTIVE,PAUSED,IN_PROCESS,WITH_ISSUES,ARCHIVED,DELETED",
	},
	// Targeting is left out: it may name audiences that were made of people.
	"adsets": {
		"adsets", "id,account_id,campaign_id,name,optimization_goal,billing_event,bid_strategy,bid_amount,status,effective_status,daily_budget,lifetime_budget,budget_remaining,attribution_spec,start_time,end_time,created_time,updated_time",
		"ACTIVE,PAUSED,CAMPAIGN_PAUSED,IN_PROCESS,WITH_ISSUES,ARCHIVED,DELETED",
	},
	"ads": {
		"ads", "id,account_id,campaign_id,adset_id,name,creative{id},status,effective_status,created_time,updated_time",
		"ACTIVE,PAUSED,ADSET_PAUSED,CAMPAIGN_PAUSED,DISAPPROVED,PENDING_REVIEW,PENDING_BILLING_INFO,PREAPPROVED,IN_PROCESS,WITH_ISSUES,ARCHIVED,DELETED",
	},
	"creatives": {"adcreatives", "id,account_id,name,title,body,object_story_spec,effective_object_story_id,thumbnail_url,video_id,call_to_action_type,url_tags,instagram_permalink_url,status", ""},
}

// objects asks for a list of the account's objects.
func (m *meta) objects(ctx context.Context, ask Ask, drop *Drop) error {
	stream := ask.Stream.Name
	list, known := metaLists[stream]
	if !known {
		return fmt.Errorf("metaads has no way to fetch %s", stream)
	}
	address, file := m.base+"/act_"+m.id+"/"+list.edge, stream+".ndjson"
	drop.From(address)
	query := url.Values{"fields": {list.fields}}
	if list.statuses == "" {
		return m.pages(ctx, drop, file, stream, address, query, metaObject)
	}
	query.Set("effective_status", jsonList(strings.Split(list.statuses, ",")))
	err := m.pages(ctx, drop, file, stream, address, query, metaObject)
	if fault, ok := api.As(err); ok && fault.Kind == api.Invalid && fault.Name == "" && drop.known(file) == nil {
		// Not every list takes this status, and the documentation is of two minds about which do.
		m.session.Log.Info("asks without deleted ones", "stream", stream, "because", fault.Error())
		query.Set("effective_status", jsonList(strings.Split(strings.TrimSuffix(list.statuses, ",DELETED"), ",")))
		return m.pages(ctx, drop, file, stream, address, query, metaObject)
	}
	return err
}

func jsonList(values []string) string {
	text, _ := json.Marshal(values) // strings always can
	return string(text)
}

// metaObject checks what is relied on of a campaign, ad set, ad or creative.
func metaObject(row map[string]json.RawMessage) error {
	if id, ok := metaText(row["id"]); !ok || !metaID.MatchString(id) {
		return api.Shape("id in digits", "%s", row["id"])
	}
	return nil
}
