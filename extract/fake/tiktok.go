package fake

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Tiktok is TikTok Studio's analytics, as far as a label reads them. It is logged in to by a code that a
// person shows to a phone: Approve is that person.
type Tiktok struct {
	Site
	// Export gives what a tab (overview, viewers, content, followers) has of a person's days.
	Export func(tab, person string, days int) (name string, content []byte)
	// Days are the periods that the page offers; nil is all.
	Days []int

	approved string
}

// NewTiktok opens the site by a clock.
func NewTiktok(now func() time.Time) *Tiktok {
	t := &Tiktok{Site: Site{Kit: &Kit{Now: now}, Cookie: "sessionid", Lasts: 30 * 24 * time.Hour, Login: "/login/qrcode", Home: "/tiktokstudio/analytics"}}
	t.Form = t.qr
	t.Pages = t.pages
	return t
}

// Approve lets the browser that shows the code in as somebody.
func (t *Tiktok) Approve(handle string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.approved = handle
}

// qr shows the code, whose page asks until somebody approved it, and lets in then.
func (t *Tiktok) qr(w http.ResponseWriter, _ string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.approved != "" {
		t.set(w, t.begin(t.approved, true), t.approved)
		page(w, `<script>location.href = "/tiktokstudio/analytics"</script>`)
		return
	}
	page(w, `<h1>Log in to TikTok</h1><div data-e2e="qr-code" style="width:200px;height:200px;background:#000"></div><script>
setInterval(async () => {
  if (!(await (await fetch("/login/qrcode")).text()).includes("qr-code")) location.href = "/tiktokstudio/analytics";
}, 300);
</script>`)
}

func (t *Tiktok) pages(w http.ResponseWriter, r *http.Request, person string) {
	rest, ok := strings.CutPrefix(r.URL.Path, "/tiktokstudio/analytics")
	switch {
	case ok && strings.HasPrefix(rest, "/download"):
		var days int
		_, _ = fmt.Sscan(r.URL.Query().Get("days"), &days)
		name, content := t.Export(r.URL.Query().Get("tab"), person, days)
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
		_, _ = w.Write(content)
	case ok:
		tab := strings.TrimPrefix(rest, "/")
		if tab == "" {
			tab = "overview"
		}
		page(w, t.tab(tab))
	default:
		http.NotFound(w, r)
	}
}

func (t *Tiktok) tab(tab string) string {
	days := t.Days
	if days == nil {
		days = []int{7, 28, 60, 365}
	}
	var options strings.Builder
	for _, n := range days {
		_, _ = fmt.Fprintf(&options, `<div role="option" onclick="days=%d; document.getElementById('options').hidden=true">Last %d days</div>`, n, n)
	}
	over := ""
	if t.Banner {
		over = `<div id="b" style="position:fixed;inset:0;background:#fffc;z-index:9"><button onclick="document.getElementById('b').remove()">Allow all</button></div>`
	}
	return over + `<script>let days = 7</script><button data-e2e="date-range" onclick="document.getElementById('options').hidden=false">Last 7 days</button>
<div id="options" hidden>` + options.String() + `</div>
<button data-e2e="download-data" onclick="document.getElementById('dialog').hidden=false">Download data</button>
<div id="dialog" role="dialog" hidden><label><input type="radio" name="form" value="xlsx" checked>XLSX</label><label><input type="radio" name="form" value="csv">CSV</label>
<button onclick="if (document.querySelector('input[value=csv]').checked) location.href='/tiktokstudio/analytics/download?tab=` + tab + `&days='+days">Download</button></div>`
}
