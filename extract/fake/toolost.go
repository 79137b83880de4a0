package fake

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"strings"
	"time"
)

// Report is a sales report that the portal has.
type Report struct {
	Month   string // MM-YYYY
	Name    string
	Content []byte
}

// Toolost is TooLost's portal: an application in the page, whose token is a JWT in local storage.
type Toolost struct {
	*Kit
	// Lasts is how long a token is good; the portal's is seven days.
	Lasts time.Duration
	// Answer is the portal's about a platform, spotify or apple; Reports are the sales reports of a person.
	Answer  func(platform string) string
	Reports []Report
	People  []Person
}

// NewToolost opens the portal by a clock.
func NewToolost(now func() time.Time) *Toolost {
	return &Toolost{Kit: &Kit{Now: now}, Lasts: 7 * 24 * time.Hour}
}

// Token is one that the portal would give to somebody now; it says by itself when it ends.
func (p *Toolost) Token(email string) string {
	part := func(v any) string {
		text, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(text)
	}
	head := part(map[string]string{"alg": "HS256", "typ": "JWT"})
	return head + "." + part(map[string]any{"sub": email, "iat": p.Now().Unix(), "exp": p.Now().Add(p.Lasts).Unix()}) + "." + base64.RawURLEncoding.EncodeToString([]byte("canary-signature-"+email))
}

// good says whose token it is, if it is still good.
func (p *Toolost) good(r *http.Request) string {
	parts := strings.Split(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), ".")
	if len(parts) != 3 {
		return ""
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct {
		Sub string
		Exp int64
	}
	if err != nil || json.Unmarshal(text, &claims) != nil || claims.Exp <= p.Now().Unix() {
		return ""
	}
	return claims.Sub
}

// ServeHTTP is the portal.
func (p *Toolost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.Wrap(http.HandlerFunc(p.serve)).ServeHTTP(w, r)
}

func (p *Toolost) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/login":
		page(w, toolostLogin)
	case r.URL.Path == "/api/login":
		p.login(w, r)
	case r.URL.Path == "/user-portal/analytics/platform":
		page(w, toolostGuard+toolostAnalytics)
	case r.URL.Path == "/user-portal/notifications":
		page(w, toolostGuard+p.notifications())
	case strings.HasPrefix(r.URL.Path, "/api/portal/analytics/"):
		if p.good(r) == "" {
			http.Error(w, `{"message":"Unauthorized"}`, http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(p.Answer(strings.Split(r.URL.Path, "/")[4])))
	case r.URL.Path == "/api/me":
		who := p.good(r)
		if who == "" {
			http.Error(w, "{}", http.StatusUnauthorized)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"email": who, "name": "A Person"})
	case strings.HasPrefix(r.URL.Path, "/reports/"):
		for _, report := range p.Reports {
			if report.Name == strings.TrimPrefix(r.URL.Path, "/reports/") {
				w.Header().Set("Content-Disposition", `attachment; filename="`+report.Name+`"`)
				_, _ = w.Write(report.Content)
				return
			}
		}
		http.NotFound(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (p *Toolost) login(w http.ResponseWriter, r *http.Request) {
	for _, person := range p.People {
		if person.Email == r.PostFormValue("email") && person.Password == r.PostFormValue("password") {
			_ = json.NewEncoder(w).Encode(map[string]string{"token": p.Token(person.Email)})
			return
		}
	}
	http.Error(w, `{"message":"invalid"}`, http.StatusUnauthorized)
}

func (p *Toolost) notifications() string {
	var list strings.Builder
	list.WriteString(`<aside><nav>menu</nav></aside><ul data-testid="notifications">`)
	for _, report := range p.Reports {
		name := html.EscapeString(report.Name)
		_, _ = fmt.Fprintf(&list, `<li data-testid="notification">Your (%s) Sales report has been generated <a href="/reports/%s" download="%s">attachment</a></li>`, report.Month, name, name)
	}
	list.WriteString("<li data-testid=\"notification\">Welcome to the portal</li></ul>")
	return list.String()
}

const toolostLogin = `<form id="f"><input type="email" name="email"><input type="password" name="password"><button type="submit">Log in</button><div id="wrong"></div></form>
<script>
document.getElementById("f").onsubmit = async (e) => {
  e.preventDefault();
  const answer = await fetch("/api/login", {method: "POST", body: new URLSearchParams(new FormData(e.target))});
  if (!answer.ok) { document.getElementById("wrong").innerHTML = '<div class="error">Invalid credentials</div>'; return; }
  localStorage.setItem("token", (await answer.json()).token);
  location.href = "/user-portal/analytics/platform";
};
</script>`

// toolostGuard sends away who has no token that is good.
const toolostGuard = `<script>
const token = localStorage.getItem("token") || "";
const ask = (path) => fetch(path, {headers: {Authorization: "Bearer " + token}});
ask("/api/me").then((answer) => { if (!answer.ok) { localStorage.removeItem("token"); location.href = "/login"; } });
</script>`

const toolostAnalytics = `<aside><nav>menu</nav></aside>
<button data-testid="date-range" onclick="show('dates')">This Month</button><button data-testid="platform" onclick="show('platforms')">Spotify</button>
<div id="dates" hidden><div role="option" onclick="pick('date','thisMonth')">This Month</div><div role="option" onclick="pick('date','thisYear')">This Year</div></div>
<div id="platforms" hidden><div role="option" onclick="pick('platform','spotify')">Spotify</div><div role="option" onclick="pick('platform','apple')">Apple Music</div></div>
<pre id="out"></pre>
<script>
const chosen = {date: "thisMonth", platform: "spotify"};
function show(id) { document.getElementById(id).hidden = false; }
function pick(what, value) {
  chosen[what] = value;
  for (const id of ["dates", "platforms"]) document.getElementById(id).hidden = true;
  const path = chosen.platform === "apple" ? "apple/" : "spotify";
  ask("/api/portal/analytics/" + path + "?release=&date=" + chosen.date).then(async (answer) => { document.getElementById("out").textContent = (await answer.text()).length; });
}
</script>`
