package fake

import (
	"net/http"
	"strings"
	"time"
)

// Distrokid is DistroKid's website, as far as a label reads it: the login, two pages of statistics and the
// bank's details.
type Distrokid struct {
	Site
	// Stats writes a page of statistics, by the parameter data; Bank gives the bank's export under its name.
	Stats func(data string) string
	Bank  func() (name string, content []byte)
	// Slow is how long the bank's export takes to be prepared after the button was pressed.
	Slow time.Duration
}

const banner = `<div id="cookie-banner" style="position:fixed;inset:0;background:#fffc;z-index:9"><button id="accept-cookies" onclick="this.parentNode.remove()">Accept all</button></div>`

// NewDistrokid opens the site by a clock.
func NewDistrokid(now func() time.Time) *Distrokid {
	d := &Distrokid{Site: Site{Kit: &Kit{Now: now}, Cookie: "DKSESSION", Lasts: 14 * 24 * time.Hour, Login: "/login", Home: "/mymusic/"}}
	d.Form = func(w http.ResponseWriter, wrong string) {
		notice := ""
		if wrong != "" {
			notice = `<div class="error">Your email or password is incorrect.</div>`
		}
		page(w, d.over()+notice+`<form method="post" action="/login"><input id="inputUsername" type="email" name="email"><input id="inputPassword" type="password" name="password"><button id="loginButton" type="submit">Log in</button></form>`)
	}
	d.CodeForm = func(w http.ResponseWriter, wrong string) {
		notice := ""
		if wrong != "" {
			notice = `<div class="error">That code is not right.</div>`
		}
		page(w, notice+`<form method="post" action="/login"><input name="code" autocomplete="one-time-code"><button type="submit">Log in</button></form>`)
	}
	d.Pages = d.pages
	return d
}

func (d *Distrokid) over() string {
	if d.Banner {
		return banner
	}
	return ""
}

func (d *Distrokid) pages(w http.ResponseWriter, r *http.Request, person string) {
	switch r.URL.Path {
	case "/mymusic/", "/dashboard/":
		page(w, d.over()+`<a href="/logout">Log out</a><a href="/stats/">Stats</a><a href="/bank/">Bank</a>`)
	case "/stats/":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(strings.Replace(d.Stats(r.URL.Query().Get("data")), "<body>", "<body>"+d.over()+`<a href="/logout">Log out</a>`, 1)))
	case "/bank/":
		page(w, d.over()+`<a href="/logout">Log out</a><a href="/bank/details/">See excruciating detail</a>`)
	case "/bank/details/":
		page(w, d.over()+`<a href="/logout">Log out</a><script>function downloadBank(){ location.href = "/bank/download" }</script><a href="#" onclick="downloadBank('all'); return false">Download</a>`)
	case "/bank/download":
		name, content := d.Bank()
		select {
		case <-time.After(d.Slow):
		case <-r.Context().Done():
			return
		}
		w.Header().Set("Content-Type", "text/csv")
		w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
		_, _ = w.Write(content)
	default:
		http.NotFound(w, r)
	}
}
