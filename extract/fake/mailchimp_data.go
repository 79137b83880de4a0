package fake

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"sort"
	"time"
)

// The account's lists.
const (
	MailchimpFans  = "a1b2c3d4e5"
	MailchimpPress = "0123456789"
)

// mailNewsletter is one, and what it had gathered by now.
type mailNewsletter struct {
	n                                                     int
	id, title, subject                                    string
	at                                                    time.Time
	sent, hard, soft, opened, people, clicked, left, sold int
}

// sentBy is how many newsletters were sent before an instant; the n-th (from 0 on) at sentAt(n).
func (f *Mailchimp) sentBy(at time.Time) int {
	if f.config.Empty {
		return 0
	}
	most := 2 * 12 * (at.Year() - f.config.Since.Year() + 1)
	if f.config.Every > 0 {
		most = int(at.Sub(f.config.Since)/f.config.Every) + 2
	}
	return sort.Search(max(most, 0), func(n int) bool { return !f.sentAt(n).Before(at) })
}

func (f *Mailchimp) sentAt(n int) time.Time {
	if f.config.Every > 0 {
		return f.config.Since.Add(time.Duration(n) * f.config.Every)
	}
	return f.firstMonth().AddDate(0, n/2, 12*(n%2)+9).Add(17*time.Hour + 30*time.Minute)
}

func (f *Mailchimp) firstMonth() time.Time {
	return time.Date(f.config.Since.Year(), f.config.Since.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// MailchimpCampaign is the id of the n-th newsletter, from 0 on. One in three looks like a number.
func MailchimpCampaign(n int) string {
	return fmt.Sprintf("%s%02x", []string{"17671f60", "12345e67", "42694e9e"}[n%3], n)
}

// newsletter gathers opens for about a month, half of what is to come every two days. Its figures are
// those of the demo's, where seed and first month are the same.
func (f *Mailchimp) newsletter(n int) mailNewsletter {
	mixed := f.config.Seed
	for _, b := range []byte("mail") {
		mixed = (mixed ^ uint64(b)) * 0x100000001b3
	}
	chance := rand.New(rand.NewPCG(mixed, uint64(n)))
	m := mailNewsletter{n: n, id: MailchimpCampaign(n), at: f.sentAt(n), sent: 900 + 25*min(n, 400), hard: n % 3, soft: 2 + n%4}
	m.title, m.subject = fmt.Sprintf("Newsletter %d", n%50+1), "out now: "+f.config.Titles[n%len(f.config.Titles)] // titles repeat
	final := m.sent * (30 + chance.IntN(15)) / 100
	days := int(f.Now().Sub(m.at).Hours() / 24)
	f.mu.Lock()
	m.opened = min(final-final>>min(1+days/2, 12)+f.changed[m.id], m.delivered())
	f.mu.Unlock()
	m.people, m.clicked, m.left = m.opened*7/10, m.opened/6, m.opened/90
	m.sold = m.clicked / 20
	return m
}

func (m mailNewsletter) delivered() int { return m.sent - m.hard - m.soft }

// mailLiteral is a number as it is to stand there, so that 12.50 keeps its zero.
type mailLiteral string

func (l mailLiteral) MarshalJSON() ([]byte, error) { return []byte(l), nil }

func mailShare(part, whole int) json.Marshaler {
	return mailLiteral(fmt.Sprintf("%.4f", float64(part)/float64(whole)))
}

func (m mailNewsletter) revenue() json.Marshaler {
	return mailLiteral(fmt.Sprintf("%d.%02d", 1299*m.sold/100, 1299*m.sold%100))
}

func mailStamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05+00:00") }

// within are the newsletters sent in a window, without those that are deleted.
func (f *Mailchimp) within(query url.Values) (first, last int, gone []int) {
	last = f.sentBy(f.Now())
	if before, err := time.Parse(time.RFC3339, query.Get("before_send_time")); err == nil {
		last = min(last, f.sentBy(before))
	}
	if since, err := time.Parse(time.RFC3339, query.Get("since_send_time")); err == nil {
		first = sort.Search(last, func(n int) bool { return f.sentAt(n).After(since) })
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.deleted) > 0 {
		for n := first; n < last; n++ {
			if f.deleted[MailchimpCampaign(n)] {
				gone = append(gone, n)
			}
		}
	}
	return first, last, gone
}

// sent are the newsletters that a call asks for.
func (f *Mailchimp) sent(query url.Values, entry func(mailNewsletter) map[string]any) mailEntries {
	first, last, gone := f.within(query)
	return mailEntries{count: last - first - len(gone), at: func(i int) map[string]any {
		n := first + i
		for _, skipped := range gone {
			if skipped <= n {
				n++
			}
		}
		return entry(f.newsletter(n))
	}}
}

// reports are those of what was sent. Every fifth does not tell of privacy proxies.
func (f *Mailchimp) reports(query url.Values) mailEntries {
	return f.sent(query, func(m mailNewsletter) map[string]any {
		opens := map[string]any{
			"opens_total": m.opened * 13 / 10, "unique_opens": m.opened, "open_rate": mailShare(m.opened, m.delivered()), "last_open": mailStamp(f.Now().Add(-time.Hour)),
		}
		if m.n%5 != 0 {
			opens["proxy_excluded_opens"] = m.people * 12 / 10
			opens["proxy_excluded_unique_opens"] = m.people
			opens["proxy_excluded_open_rate"] = mailShare(m.people, m.delivered())
		}
		return map[string]any{
			"id": m.id, "campaign_title": m.title, "type": "regular", "list_id": MailchimpFans, "list_is_active": true, "list_name": "Fans",
			"subject_line": m.subject, "preview_text": "", "emails_sent": m.sent, "abuse_reports": m.n % 2, "unsubscribed": m.left, "send_time": mailStamp(m.at),
			"bounces":  map[string]any{"hard_bounces": m.hard, "soft_bounces": m.soft, "syntax_errors": 0},
			"forwards": map[string]any{"forwards_count": 0, "forwards_opens": 0}, "opens": opens,
			"clicks": map[string]any{
				"clicks_total": m.clicked * 3, "unique_clicks": m.clicked * 2, "unique_subscriber_clicks": m.clicked, "click_rate": mailShare(m.clicked, m.delivered()), "last_click": "",
			},
			"facebook_likes":  map[string]any{"recipient_likes": 0, "unique_likes": 0, "facebook_likes": 0},
			"list_stats":      map[string]any{"sub_rate": 5.2, "unsub_rate": 1.0, "open_rate": 31.4, "click_rate": 4.2},
			"ecommerce":       map[string]any{"total_orders": m.sold, "total_spent": m.revenue(), "total_revenue": m.revenue(), "currency_code": "USD"},
			"share_report":    map[string]any{"share_url": "https://example.com/share", "share_password": "a password"},
			"delivery_status": map[string]any{"enabled": false}, "_links": mailLinks(),
		}
	})
}

// campaigns are what was sent, and one that waits. It is the newest that was made.
func (f *Mailchimp) campaigns(query url.Values) mailEntries {
	sent := f.sent(query, f.campaign)
	if f.config.Empty {
		return sent
	}
	return mailEntries{count: sent.count + 1, at: func(i int) map[string]any {
		if i < sent.count {
			return sent.at(i)
		}
		return map[string]any{
			"id": "0f0f0f0f0f", "web_id": 1000, "type": "regular", "create_time": mailStamp(f.Now().Add(-time.Hour)), "archive_url": "", "status": "save", "emails_sent": 0, "send_time": "",
			"recipients": mailRecipients(0), "settings": mailSettings("", "Next newsletter"), "_links": mailLinks(),
		}
	}}
}

func (f *Mailchimp) campaign(m mailNewsletter) map[string]any {
	return map[string]any{
		"id": m.id, "web_id": 1001 + m.n, "type": "regular", "create_time": mailStamp(m.at.Add(-26 * time.Hour)), "archive_url": "https://example.com/" + m.id, "status": "sent",
		"emails_sent": m.sent, "send_time": mailStamp(m.at), "recipients": mailRecipients(m.sent), "settings": mailSettings(m.subject, m.title), "_links": mailLinks(),
		"report_summary": map[string]any{
			"opens": m.opened * 13 / 10, "unique_opens": m.opened, "open_rate": mailShare(m.opened, m.delivered()),
			"clicks": m.clicked * 3, "subscriber_clicks": m.clicked, "click_rate": mailShare(m.clicked, m.delivered()),
		},
	}
}

func mailRecipients(count int) map[string]any {
	return map[string]any{
		"list_id": MailchimpFans, "list_is_active": true, "list_name": "Fans", "recipient_count": count,
		"segment_text": "<p>not somebody@example.com</p>", "segment_opts": map[string]any{"match": "any", "conditions": []any{map[string]any{"field": "EMAIL", "value": "somebody@example.com"}}},
	}
}

func mailSettings(subject, title string) map[string]any {
	return map[string]any{"subject_line": subject, "title": title, "from_name": "Label", "reply_to": "label@example.com", "to_name": "*|FNAME|*"}
}

// members is how many can be written to at an instant.
func (f *Mailchimp) members(at time.Time) int {
	return 900 + max(0, int(at.Sub(f.firstMonth()).Hours()/24))*3/2
}

func (f *Mailchimp) hasList(id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.config.Empty && !f.deleted[id] && (id == MailchimpFans || id == MailchimpPress)
}

// lists are two; one that is deleted stays on them until the next day, as everything on pages does.
func (f *Mailchimp) lists(query url.Values) mailEntries {
	if f.config.Empty {
		return mailEntries{}
	}
	list := func(id, name, made string, webID, members int) map[string]any {
		stats := map[string]any{
			"member_count": members, "unsubscribe_count": 150, "cleaned_count": 60, "campaign_count": f.sentBy(f.Now()), "campaign_last_sent": "",
			"open_rate": 31.42, "click_rate": 4.21, "last_sub_date": mailStamp(f.Now().Truncate(24 * time.Hour)), "last_unsub_date": "",
		}
		if query.Get("include_total_contacts") == "true" {
			stats["total_contacts"] = members + 210
		}
		return map[string]any{
			"id": id, "web_id": webID, "name": name, "date_created": made, "list_rating": 3, "stats": stats, "_links": mailLinks(),
			"contact": map[string]any{"company": "Label", "address1": "1 Street"}, "campaign_defaults": map[string]any{"from_name": "Label", "from_email": "label@example.com"},
			"permission_reminder": "You signed up.", "beamer_address": "us21-x@inbound.example.com", "notify_on_subscribe": "label@example.com", "notify_on_unsubscribe": "",
		}
	}
	return mailEntries{count: 2, at: func(i int) map[string]any {
		if i == 0 {
			return list(MailchimpFans, "Fans", "2018-09-15T22:15:21+00:00", 77, f.members(f.Now()))
		}
		return list(MailchimpPress, "Press", "2021-02-01T09:00:00+00:00", 78, 60)
	}}
}

// growth is a list's by month, from the first newsletter's on. The newest month is not over.
func (f *Mailchimp) growth(list string) mailEntries {
	now := f.Now().UTC()
	first := f.firstMonth()
	months := 12*(now.Year()-first.Year()) + int(now.Month()) - int(first.Month()) + 1
	return mailEntries{count: max(months, 0), at: func(i int) map[string]any {
		month := first.AddDate(0, i, 0)
		until := month.AddDate(0, 1, 0)
		if until.After(now) {
			until = now
		}
		members := 60
		if list == MailchimpFans {
			members = f.members(until)
		}
		return map[string]any{
			"list_id": list, "month": month.Format("2006-01"), "existing": 0, "imports": 0, "optins": 0, "subscribed": members, "unsubscribed": 4 + int(month.Month())%5,
			"reconfirm": 0, "cleaned": 2, "pending": 1, "deleted": 0, "transactional": 0, "_links": mailLinks(),
		}
	}}
}
