package extract

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"bedrot/extract/api"
)

const (
	// metaFull is the share of a budget, in per cent, from which on calls wait: going on lengthens the wait.
	metaFull = 95
	// metaPause is the least wait before a limit, metaPenalty that after one that says nothing of its length.
	metaPause, metaPenalty = time.Minute, 5 * time.Minute
)

func metaPolicy() api.Policy {
	return api.Policy{PerSecond: 5, Burst: 5, Connections: 2, First: 5 * time.Second, Judge: judgeMeta, Pace: paceMeta}
}

// metaError is how the Graph API says that something is wrong, at whatever status.
type metaError struct {
	Message   string `json:"message"`
	Code      int    `json:"code"`
	Subcode   int    `json:"error_subcode"`
	Transient bool   `json:"is_transient"`
	Advice    string `json:"error_user_msg"`
}

// is reports whether the error has a code and one of the subcodes; none fits all.
func (e metaError) is(code int, subcodes ...int) bool {
	if e.Code != code {
		return false
	}
	for _, subcode := range subcodes {
		if e.Subcode == subcode {
			return true
		}
	}
	return len(subcodes) == 0
}

// judgeMeta classes an answer by the codes in its body: a throttle comes with status 400, too.
func judgeMeta(a *api.Answer) *api.Fault {
	var told struct {
		Error *metaError `json:"error"`
	}
	if json.Unmarshal(a.Body, &told) != nil || told.Error == nil {
		return nil
	}
	e := *told.Error
	fault := &api.Fault{Code: fmt.Sprint(e.Code), Message: e.Message}
	if e.Subcode != 0 {
		fault.Code += fmt.Sprintf("/%d", e.Subcode)
	}
	if e.Advice != "" {
		fault.Message += ": " + e.Advice
	}
	fault.Kind = e.kind(a.Status)
	switch {
	case fault.Kind == api.Throttled:
		if fault.Wait = regain(a.Header); fault.Wait == 0 {
			fault.Wait = metaPenalty
		}
	case e.Code == 2635:
		fault.Name = "version_retired"
	}
	fault.Next = e.next()
	return fault
}

// kind is what an error's codes mean. Those of one code that mean something else than the code come first.
func (e metaError) kind(status int) api.Kind {
	switch {
	case e.Subcode/1000 == 4841: // throttles that were seen under code 200, too
		return api.Throttled
	case e.is(1) && strings.Contains(e.Message, "reduce the amount of data"),
		e.is(2, 1504038), e.is(100, 1504018, 1487534):
		return api.TooMuch
	case e.is(1, 2853001), e.is(2, 1504041):
		return api.Invalid
	case e.is(100, 3191001), e.is(368):
		return api.Forbidden
	case e.is(100, 33):
		return api.Gone
	case e.is(100) && strings.Contains(e.Message, "in summary param"):
		return api.Transient // a fault of the service's own
	case e.is(102), e.is(190):
		return api.Login
	case e.is(4), e.is(17), e.is(32), e.is(341), e.is(613), e.Code >= 80000 && e.Code <= 80014:
		return api.Throttled
	case e.is(10), e.Code >= 200 && e.Code <= 299:
		return api.Forbidden
	case e.is(100), e.is(104), e.is(2635), e.is(3018):
		return api.Invalid
	case e.is(1), e.is(2), e.Transient, status >= 500:
		return api.Transient
	case status == http.StatusUnauthorized:
		return api.Login
	case status == http.StatusForbidden:
		return api.Forbidden
	}
	return api.Invalid
}

// next is what a person is to do, where the kind alone does not say it.
func (e metaError) next() string {
	switch {
	case e.Subcode/1000 == 4841:
		return ""
	case e.is(190, 458):
		return "let the system user have the app again (Business settings, System users, Assign assets); " + metaNewToken
	case e.is(190, 459, 464):
		return "log in at facebook.com as the token's user and confirm what it asks; then " + metaNewToken
	case e.is(102), e.is(190):
		return metaNewToken
	case e.is(100, 33):
		return "is META_AD_ACCOUNT_ID right, and may the token's user see the account (Business settings, Ad accounts)?"
	case e.is(10), e.Code >= 200 && e.Code <= 299, e.is(100, 3191001):
		return "give the token's user the ad account (Business settings, Ad accounts, View performance) and the token the permission ads_read"
	case e.is(368):
		return "see what Meta objects to: business.facebook.com, Business support home"
	case e.is(1, 2853001):
		return "link a personal profile to the token's user in Business settings, or " + metaNewToken
	case e.is(104), strings.Contains(e.Message, "appsecret_proof"):
		return "put the secret of the app that the token is of into .env as META_APP_SECRET (App settings, Basic)"
	case e.is(2635):
		return "install a newer bedrot: this one speaks " + metaVersion + " of the Marketing API, which has ended"
	}
	return ""
}

// metaUsage is how much of a budget is used, in per cent, and how long until there is more of it. Every
// header has some of its members.
type metaUsage struct {
	Calls   float64 `json:"call_count"`
	CPU     float64 `json:"total_cputime"`
	Time    float64 `json:"total_time"`
	App     float64 `json:"app_id_util_pct"`
	Account float64 `json:"acc_id_util_pct"`
	Minutes float64 `json:"estimated_time_to_regain_access"`
	Seconds float64 `json:"reset_time_duration"`
}

func (u metaUsage) most() float64 { return max(u.Calls, u.CPU, u.Time, u.App, u.Account) }

func (u metaUsage) left() time.Duration {
	return max(time.Duration(u.Minutes*float64(time.Minute)), time.Duration(u.Seconds*float64(time.Second)))
}

// usages reads the headers about budgets; whatever is unreadable in them is left alone.
func usages(header http.Header) []metaUsage {
	var list []metaUsage
	for _, name := range []string{"X-App-Usage", "X-Ad-Account-Usage", "X-Fb-Ads-Insights-Throttle"} {
		var one metaUsage
		if json.Unmarshal([]byte(header.Get(name)), &one) == nil {
			list = append(list, one)
		}
	}
	var business map[string][]metaUsage
	if json.Unmarshal([]byte(header.Get("X-Business-Use-Case-Usage")), &business) == nil {
		for _, of := range business {
			list = append(list, of...)
		}
	}
	return list
}

// regain is how long the service wants to be left alone, once a limit is reached.
func regain(header http.Header) (wait time.Duration) {
	for _, usage := range usages(header) {
		if usage.Minutes > 0 || usage.most() > metaFull {
			wait = max(wait, usage.left())
		}
	}
	return wait
}

// paceMeta waits before a limit is reached.
func paceMeta(header http.Header) time.Duration {
	for _, usage := range usages(header) {
		if usage.Minutes > 0 || usage.most() > metaFull {
			return max(metaPause, regain(header))
		}
	}
	return 0
}
