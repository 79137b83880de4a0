package extract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bedrot/extract/api"
	"bedrot/zones"
)

// mailSubscriber are keys of answers that tell of a subscriber: the raw scripts refuse the same.
var mailSubscriber = []string{"email_address", "email_id", "unique_email_id", "merge_fields", "full_name", "ip_signup", "ip_opt"}

// mailOwn are keys with names, addresses and passwords of the label's own, of people it wrote to on
// their own, or texts with these in them. Nobody needs them.
var mailOwn = []string{
	"from_name", "reply_to", "to_name", "from_email", "from_names", "reply_to_addresses", "from_name_a", "from_name_b", "reply_email_a", "reply_email_b",
	"segment_text", "segment_opts", "contact", "campaign_defaults", "permission_reminder", "beamer_address", "notify_on_subscribe", "notify_on_unsubscribe", "share_report",
}

// mailExclude is what an answer is not to hold, so that it does not even come over the wire.
func mailExclude(list string) string {
	paths := map[string][]string{
		"reports": {"share_report"},
		"campaigns": {
			"settings.from_name", "settings.reply_to", "settings.to_name", "recipients.segment_text", "recipients.segment_opts",
			"variate_settings.from_names", "variate_settings.reply_to_addresses",
			"ab_split_opts.from_name_a", "ab_split_opts.from_name_b", "ab_split_opts.reply_email_a", "ab_split_opts.reply_email_b",
		},
		"lists": {"contact", "campaign_defaults", "permission_reminder", "beamer_address", "notify_on_subscribe", "notify_on_unsubscribe"},
	}[list]
	fields := []string{"_links", list + "._links"}
	for _, path := range paths {
		fields = append(fields, list+"."+path)
	}
	return strings.Join(fields, ",")
}

// mailPage is a page as it may land.
type mailPage struct {
	body  json.RawMessage
	items []mailItem
	total int
}

// mailItem is as much of an entry as its shape is looked at. Numbers may come as texts.
type mailItem struct {
	ID         string       `json:"id"`
	ListID     string       `json:"list_id"`
	Month      string       `json:"month"`
	Status     string       `json:"status"`
	SendTime   string       `json:"send_time"`
	Sent       *json.Number `json:"emails_sent"`
	Subscribed *json.Number `json:"subscribed"`
	Opens      *mailCounts  `json:"opens"`
	Clicks     *mailCounts  `json:"clicks"`
	Bounces    *mailCounts  `json:"bounces"`
	Summary    *mailCounts  `json:"report_summary"`
	Stats      *mailCounts  `json:"stats"`
	Settings   *struct{}    `json:"settings"`
	Recipients *struct{}    `json:"recipients"`
}

// mailCounts are the counts of all kinds of entries.
type mailCounts struct {
	OpensTotal    json.Number `json:"opens_total"`
	UniqueOpens   json.Number `json:"unique_opens"`
	PeoplesOpens  json.Number `json:"proxy_excluded_opens"`
	PeopleOpened  json.Number `json:"proxy_excluded_unique_opens"`
	ClicksTotal   json.Number `json:"clicks_total"`
	UniqueClicks  json.Number `json:"unique_clicks"`
	PeopleClicked json.Number `json:"unique_subscriber_clicks"`
	HardBounces   json.Number `json:"hard_bounces"`
	SoftBounces   json.Number `json:"soft_bounces"`
	Members       json.Number `json:"member_count"`
}

// read checks an answer before any of it is kept: its shape first, then that it names nobody.
func (m *mailClient) read(answer *api.Answer, list mailList) (mailPage, error) {
	var members map[string]json.RawMessage
	if err := answer.Decode(&members); err != nil {
		return mailPage{}, err
	}
	page := mailPage{body: answer.Body}
	var total json.Number
	if err := json.Unmarshal(members["total_items"], &total); err != nil {
		return page, api.Shape("a number in total_items", "%s", mailKind(members["total_items"]))
	}
	var err error
	if page.total, err = strconv.Atoi(total.String()); err != nil {
		return page, api.Shape("a number in total_items", "%s", total)
	}
	if kind := mailKind(members[list.name]); kind != "a list" {
		return page, api.Shape("a list in "+list.name, "%s", kind)
	}
	if err := json.Unmarshal(members[list.name], &page.items); err != nil {
		return page, mailShape(list.name, err)
	}
	if err := list.check(page.items); err != nil {
		return page, err
	}
	page.body, err = m.harmless(page.body)
	return page, err
}

// check says what entries lack that everything further on needs: every one its id, and those of a page
// what the raw script requires of a file.
func (l mailList) check(items []mailItem) error {
	if len(items) == 0 || l.query.Get("fields") != "" {
		return nil
	}
	var some []mailHas
	for _, item := range items {
		every := []mailHas{{"id", item.ID != ""}}
		switch l.name {
		case "reports":
			every = append(every, mailHas{"emails_sent", item.Sent != nil})
			some = append(some, mailHas{"opens", item.Opens != nil}, mailHas{"clicks", item.Clicks != nil})
		case "campaigns":
			every = append(every, mailHas{"status", item.Status != ""})
			some = append(some, mailHas{"settings", item.Settings != nil}, mailHas{"recipients", item.Recipients != nil})
		case "lists":
			some = append(some, mailHas{"stats", item.Stats != nil})
		case "history":
			every = []mailHas{{"month", item.Month != ""}, {"subscribed", item.Subscribed != nil}, {"list_id", item.ListID == l.of}}
		}
		for _, has := range every {
			if !has.it {
				return api.Shape(has.name+" in every entry of "+l.name, "an entry without it")
			}
		}
	}
	for _, has := range some {
		if !slices.Contains(some, mailHas{has.name, true}) {
			return api.Shape(has.name+" in "+l.name, "none")
		}
	}
	return nil
}

// mailHas says whether an entry has a member.
type mailHas struct {
	name string
	it   bool
}

// mailKind is what a JSON value is, in words.
func mailKind(value json.RawMessage) string {
	value = bytes.TrimLeft(value, " \t\r\n")
	switch {
	case len(value) == 0:
		return "nothing"
	case value[0] == '[':
		return "a list"
	case value[0] == '{':
		return "an object"
	case value[0] == '"':
		return "a text"
	}
	return string(value[:min(len(value), 20)])
}

// mailShape tells what changed about an entry.
func mailShape(list string, err error) error {
	var kind *json.UnmarshalTypeError
	if !errors.As(err, &kind) {
		return api.Shape("entries of "+list+" as documented", "%v", err)
	}
	expected := "an object"
	switch {
	case kind.Type == reflect.TypeFor[json.Number]():
		expected = "a number"
	case kind.Type.Kind() == reflect.String:
		expected = "a text"
	}
	return api.Shape(strings.TrimSuffix(expected+" in "+list+"."+kind.Field, "."), "%s", kind.Value)
}

// mailAddress is a text that is an address and nothing else: what the label wrote to all its readers may
// well say where to write.
var mailAddress = regexp.MustCompile(`^\s*[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+\s*$`)

// harmless is the page without the label's own names, where some came all the same. One that tells of a
// subscriber is refused.
func (m *mailClient) harmless(body json.RawMessage) (json.RawMessage, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, api.Shape("JSON", "%v", err)
	}
	taken, err := m.strip(value, "")
	if err != nil || !taken {
		return body, err
	}
	var clean bytes.Buffer
	encoder := json.NewEncoder(&clean)
	encoder.SetEscapeHTML(false)
	err = encoder.Encode(value)
	return clean.Bytes(), err
}

// strip takes the label's own out of a value, in place, and says whether there was any.
func (m *mailClient) strip(value any, path string) (taken bool, err error) {
	switch v := value.(type) {
	case map[string]any:
		for key, inside := range v {
			switch {
			case slices.Contains(mailSubscriber, key):
				return taken, m.private(path + "." + key)
			case slices.Contains(mailOwn, key):
				delete(v, key)
				taken = true
				if !slices.Contains(m.removed, key) {
					m.removed = append(m.removed, key)
					slices.Sort(m.removed)
				}
				continue
			}
			inner, err := m.strip(inside, path+"."+key)
			if taken = taken || inner; err != nil {
				return taken, err
			}
		}
	case []any:
		for _, inside := range v {
			inner, err := m.strip(inside, path)
			if taken = taken || inner; err != nil {
				return taken, err
			}
		}
	case string:
		if mailAddress.MatchString(v) {
			return false, m.private(path)
		}
	}
	return taken, nil
}

// private refuses an answer that names somebody.
func (m *mailClient) private(path string) error {
	where := m.session.Source.Name + ":" + m.session.Account
	return &zones.Error{
		Code: "file_private", What: fmt.Sprintf("the answer holds a person's data or an address in %s: it never lands, and nothing of the answer was kept", strings.TrimPrefix(path, ".")),
		Next: "if it is the name of a campaign or list, rename it at mailchimp.com; else bedrot extract --record DIR --only " + where + " keeps the answer without it, for whoever mends this",
	}
}
