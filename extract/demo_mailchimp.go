package extract

import (
	"fmt"
	"iter"
	"strings"
	"time"
)

const demoList = "a1b2c3d4e5"

// demoMailchimp yields what the API answers about the newsletters every night: reports that grow, one of
// them without a word about proxies, a campaign that is not sent yet, and two lists. An export of the
// reports comes now and then: of the evening before, when nobody asked the API, and of the same hour, with
// a shorter header.
func demoMailchimp(config DemoConfig) iter.Seq[Delivery] {
	c := config.withDefaults()
	return func(yield func(Delivery) bool) {
		for night := 1; night <= DemoNights; night++ {
			at := c.asOf(night)
			later := at.Add(30 * time.Minute)
			stamp := at.Format("20060102_150405")
			list := []Delivery{
				{Stream: "reports", Name: "reports_" + stamp + ".json", Write: jsonText(func() any { return c.mailReports(at) })},
				{Stream: "campaigns", Name: "campaigns_" + stamp + ".json", Write: jsonText(func() any { return c.mailCampaigns(at) })},
				{Stream: "lists", Name: "lists_" + stamp + ".json", Write: jsonText(func() any { return c.mailLists(at) })},
				{Stream: "growth_history", Name: "growth_" + demoList + "_" + stamp + ".json", Write: jsonText(func() any { return c.mailGrowth(at) })},
				{Stream: "reports", AsOf: later, Name: "report_" + later.Format("20060102_150405") + ".json", Write: jsonText(func() any {
					return c.mailReport(c.mails(later)[0], later)
				})},
			}
			if night%2 == 0 {
				taken := at
				if night < DemoNights {
					taken = at.Add(-15 * time.Hour)
				}
				list = append([]Delivery{{
					Stream: "campaigns_csv", AsOf: taken, Name: "campaigns_" + taken.Format("20060102_150405") + ".csv",
					Write: text(func() string { return c.mailExport(taken, night < DemoNights) }),
				}}, list...)
			}
			for _, d := range list {
				d.Night, d.Account = night, demoAccount
				if d.AsOf.IsZero() {
					d.AsOf = at
				}
				if !yield(d) {
					return
				}
			}
		}
	}
}

// demoMail is a newsletter and what it had gathered until an instant.
type demoMail struct {
	n                         int
	id, title, subject        string
	at                        time.Time
	sent, hard, soft          int
	opened, people, clicked   int
	unsubscribed, revenueCent int
}

// mails are those sent in the 90 days before an instant, the newest first. An opening comes late, half of
// those to come every two days. An id may look like a mailNumber.
func (c DemoConfig) mails(at time.Time) []demoMail {
	ids := []string{"17671f6028", "12345e6789", "42694e9e57"}
	var mails []demoMail
	for n := 2 * c.Months; n >= 0; n-- {
		sentAt := c.Start.AddDate(0, n/2, 12*(n%2)+9).Add(17*time.Hour + 30*time.Minute)
		if sentAt.After(at) || sentAt.Before(at.AddDate(0, 0, -90)) {
			continue
		}
		m := demoMail{n: n, id: fmt.Sprintf("%s%02x", ids[n%len(ids)][:8], n), at: sentAt, sent: 900 + 25*n, hard: n % 3, soft: 2 + n%4}
		m.title = fmt.Sprintf("Newsletter %d", n+1)
		m.subject = fmt.Sprintf("out now: %s", c.tracks()[n%10].title)
		days := int(at.Sub(sentAt).Hours() / 24)
		final := m.sent * (30 + c.chance("mail", n).IntN(15)) / 100
		m.opened = final - final>>min(1+days/2, 12)
		m.people = m.opened * 7 / 10
		m.clicked = m.opened / 6
		m.unsubscribed = m.opened / 90
		m.revenueCent = 1299 * (m.clicked / 20)
		mails = append(mails, m)
	}
	return mails
}

func (m demoMail) delivered() int { return m.sent - m.hard - m.soft }

func mailTime(at time.Time) string { return at.Format("2006-01-02T15:04:05+00:00") }

// mailReport is the report of one campaign. Every fifth does not tell of proxies.
func (c DemoConfig) mailReport(m demoMail, at time.Time) map[string]any {
	opens := map[string]any{
		"opens_total": m.opened * 13 / 10, "unique_opens": m.opened, "open_rate": mailShare(m.opened, m.delivered()), "last_open": mailTime(at.Add(-time.Hour)),
	}
	if m.n%5 != 0 {
		opens["proxy_excluded_opens"] = m.people * 12 / 10
		opens["proxy_excluded_unique_opens"] = m.people
		opens["proxy_excluded_open_rate"] = mailShare(m.people, m.delivered())
	}
	return map[string]any{
		"id": m.id, "campaign_title": m.title, "type": "regular", "list_id": demoList, "list_is_active": true, "list_name": "Fans",
		"subject_line": m.subject, "preview_text": "", "emails_sent": m.sent, "abuse_reports": m.n % 2, "unsubscribed": m.unsubscribed, "send_time": mailTime(m.at),
		"bounces":         map[string]any{"hard_bounces": m.hard, "soft_bounces": m.soft, "syntax_errors": 0},
		"forwards":        map[string]any{"forwards_count": 0, "forwards_opens": 0},
		"opens":           opens,
		"clicks":          map[string]any{"clicks_total": m.clicked * 3, "unique_clicks": m.clicked * 2, "unique_subscriber_clicks": m.clicked, "click_rate": mailShare(m.clicked, m.delivered()), "last_click": ""},
		"facebook_likes":  map[string]any{"recipient_likes": 0, "unique_likes": 0, "facebook_likes": 0},
		"list_stats":      map[string]any{"sub_rate": 5.2, "unsub_rate": 1.0, "open_rate": 31.4, "click_rate": 4.2},
		"ecommerce":       map[string]any{"total_orders": m.clicked / 20, "total_spent": mailCents(m.revenueCent), "total_revenue": mailCents(m.revenueCent), "currency_code": "USD"},
		"delivery_status": map[string]any{"enabled": false}, "_links": []any{},
	}
}

// mailNumber is written as it stands, so that 12.50 keeps its zero.
type mailNumber string

func (n mailNumber) MarshalJSON() ([]byte, error) { return []byte(n), nil }

func mailCents(n int) mailNumber { return mailNumber(fmt.Sprintf("%d.%02d", n/100, n%100)) }

func mailShare(part, whole int) mailNumber {
	return mailNumber(fmt.Sprintf("%.4f", float64(part)/float64(whole)))
}

func mailListed(name string, items []map[string]any) any {
	return map[string]any{name: items, "total_items": len(items), "_links": []any{}}
}

func (c DemoConfig) mailReports(at time.Time) any {
	var reports []map[string]any
	for _, m := range c.mails(at) {
		reports = append(reports, c.mailReport(m, at))
	}
	return mailListed("reports", reports)
}

// mailCampaigns are the same campaigns, after one that waits to be sent.
func (c DemoConfig) mailCampaigns(at time.Time) any {
	recipients := map[string]any{"list_id": demoList, "list_is_active": true, "list_name": "Fans", "recipient_count": 0}
	campaigns := []map[string]any{{
		"id": "0f0f0f0f0f", "web_id": 1000, "type": "regular", "create_time": mailTime(at.AddDate(0, 0, -1)), "archive_url": "", "status": "save", "emails_sent": 0, "send_time": "",
		"recipients": recipients, "settings": map[string]any{"subject_line": "", "title": "Next newsletter", "from_name": "Label", "reply_to": "label@example.com"}, "_links": []any{},
	}}
	for _, m := range c.mails(at) {
		summary := map[string]any{
			"opens": m.opened * 13 / 10, "unique_opens": m.opened, "open_rate": mailShare(m.opened, m.delivered()),
			"clicks": m.clicked * 3, "subscriber_clicks": m.clicked, "click_rate": mailShare(m.clicked, m.delivered()),
		}
		campaigns = append(campaigns, map[string]any{
			"id": m.id, "web_id": 1001 + m.n, "type": "regular", "create_time": mailTime(m.at.Add(-26 * time.Hour)), "archive_url": "https://example.com/" + m.id, "status": "sent",
			"emails_sent": m.sent, "send_time": mailTime(m.at), "report_summary": summary, "_links": []any{},
			"recipients": map[string]any{"list_id": demoList, "list_is_active": true, "list_name": "Fans", "recipient_count": m.sent},
			"settings":   map[string]any{"subject_line": m.subject, "title": m.title, "from_name": "Label", "reply_to": "label@example.com"},
		})
	}
	return mailListed("campaigns", campaigns)
}

// mailMembers is how many are on the list on a day.
func (c DemoConfig) mailMembers(at time.Time) int { return 900 + int(at.Sub(c.Start).Hours()/24)*3/2 }

func (c DemoConfig) mailLists(at time.Time) any {
	stats := func(members int) map[string]any {
		return map[string]any{
			"member_count": members, "total_contacts": members + 210, "unsubscribe_count": 150, "cleaned_count": 60, "campaign_count": 2 * c.Months, "campaign_last_sent": "",
			"open_rate": 31.42, "click_rate": 4.21, "last_sub_date": mailTime(midnight(at)), "last_unsub_date": "",
		}
	}
	return mailListed("lists", []map[string]any{
		{"id": demoList, "web_id": 77, "name": "Fans", "date_created": "2018-09-15T22:15:21+00:00", "list_rating": 3, "stats": stats(c.mailMembers(at)), "_links": []any{}},
		{"id": "0123456789", "web_id": 78, "name": "Press", "date_created": "2021-02-01T09:00:00+00:00", "list_rating": 4, "stats": stats(60), "_links": []any{}},
	})
}

// mailGrowth is the list's last six months; the newest is not over.
func (c DemoConfig) mailGrowth(at time.Time) any {
	var history []map[string]any
	first := time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
	for back := range 6 {
		month := first.AddDate(0, -back, 0)
		until := month.AddDate(0, 1, 0)
		if back == 0 {
			until = at
		}
		history = append(history, map[string]any{
			"list_id": demoList, "month": month.Format("2006-01"), "existing": 0, "imports": 0, "optins": 0, "subscribed": max(c.mailMembers(until), 0),
			"unsubscribed": 4 + int(month.Month())%5, "reconfirm": 0, "cleaned": 2, "pending": 1, "deleted": 0, "transactional": 0, "_links": []any{},
		})
	}
	return map[string]any{"list_id": demoList, "total_items": len(history), "_links": []any{}, "history": history}
}

// mailExport is an export: a long header with figures of a website that nobody has, or a short one.
func (c DemoConfig) mailExport(at time.Time, long bool) string {
	var file strings.Builder
	file.WriteString(`Title,Subject,List,"Send Date","Send Weekday","Total Recipients","Successful Deliveries","Soft Bounces","Hard Bounces","Total Bounces","Times Forwarded","Forwarded Opens",` +
		`"Unique Opens","Open Rate","Total Opens","Unique Clicks","Click Rate","Total Clicks",Unsubscribes,"Abuse Complaints","Times Liked on Facebook","Folder Id","Unique Id","Total Orders",` +
		`"Total Gross Sales","Total Revenue"`)
	if long {
		file.WriteString(`,"Analytics ROI","Campaign Cost","Revenue Created",Visits,"New Visits",Pages/Visit,"Bounce Rate","Time on Site","Goal Conversion Rate","Per Visit Goal Value",Transactions,"Ecommerce Conversion Rate","Per Visit Value","Average Value"`)
	}
	file.WriteString("\n")
	percent := func(part, whole int) string { return fmt.Sprintf("%.2f%%", 100*float64(part)/float64(whole)) }
	for _, m := range c.mails(at) {
		fmt.Fprintf(&file, "%q,%q,Fans,%q,%s,%d,%d,%d,%d,%d,0,0,%d,%s,%d,%d,%s,%d,%d,%d,0,0,%s,%d,%s,%s", m.title, m.subject, m.at.Format("Jan 02, 2006 03:04 pm"), m.at.Weekday(),
			m.sent, m.delivered(), m.soft, m.hard, m.soft+m.hard, m.opened, percent(m.opened, m.delivered()), m.opened*13/10,
			m.clicked, percent(m.clicked, m.delivered()), m.clicked*3, m.unsubscribed, m.n%2, m.id, m.clicked/20, mailCents(m.revenueCent), mailCents(m.revenueCent))
		if long {
			file.WriteString(strings.Repeat(",n/a", 14))
		}
		file.WriteString("\n")
	}
	return file.String()
}
