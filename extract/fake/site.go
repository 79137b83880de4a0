package fake

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"html"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Person is somebody who has an account at a fake site.
type Person struct {
	Email, Password string
	// Code, when set, is asked for as the second factor; it is told the time.
	Code func(time.Time) string
	// Robot, when set, is asked to prove that it is none, which no program can.
	Robot bool
}

// Site is what fake websites have in common: a login, sessions in cookies that end, and pages for those
// who are logged in. It complains when a browser brings the cookies of two accounts.
type Site struct {
	*Kit
	// Cookie is the name of the session's cookie, Lasts how long it lives; 0 is as long as the browser.
	Cookie string
	Lasts  time.Duration
	Login  string // path
	Home   string // path after a login
	// Form writes the login form; wrong says what was wrong with the last try.
	Form func(w http.ResponseWriter, wrong string)
	// CodeForm writes the form of the second factor.
	CodeForm func(w http.ResponseWriter, wrong string)
	// Pages answers those who are logged in.
	Pages func(w http.ResponseWriter, r *http.Request, person string)
	// Banner, when set, lies over every page until it is clicked away.
	Banner bool

	mu       sync.Mutex
	people   map[string]Person
	sessions map[string]session
	kick     int
}

type session struct {
	person string
	ends   time.Time
	whole  bool // the second factor was given
}

// Admit gives somebody an account.
func (s *Site) Admit(people ...Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.people == nil {
		s.people, s.sessions = map[string]Person{}, map[string]session{}
	}
	for _, p := range people {
		s.people[p.Email] = p
	}
}

// Session logs somebody in outside any browser, and gives the cookie's value.
func (s *Site) Session(email string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begin(email, true)
}

// Ends is when a session that begins now does.
func (s *Site) Ends() time.Time { return s.Now().Add(s.Lasts) }

func (s *Site) begin(email string, whole bool) string {
	var random [12]byte
	_, _ = rand.Read(random[:])
	value := "canary-session-" + hex.EncodeToString(random[:])
	s.sessions[value] = session{person: email, ends: s.Ends(), whole: whole}
	return value
}

// EndSessions ends every session at once.
func (s *Site) EndSessions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.sessions)
}

// KickAfter ends every session after that many more pages.
func (s *Site) KickAfter(pages int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kick = pages
}

// ServeHTTP is the site.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.Wrap(http.HandlerFunc(s.serve)).ServeHTTP(w, r)
}

func (s *Site) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/favicon.ico" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if r.URL.Path == s.Login {
		s.login(w, r)
		return
	}
	person := s.who(r)
	if person == "" {
		http.Redirect(w, r, s.Login, http.StatusFound)
		return
	}
	s.Pages(w, r, person)
}

// who is logged in by the request's cookies.
func (s *Site) who(r *http.Request) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	person, marked := "", ""
	for _, cookie := range r.Cookies() {
		switch cookie.Name {
		case s.Cookie:
			if known, ok := s.sessions[cookie.Value]; ok && known.whole && (s.Lasts == 0 || s.Now().Before(known.ends)) {
				person = known.person
			}
		case "seen":
			marked = cookie.Value
		}
	}
	if person != "" && marked != "" && marked != mark(person) {
		s.wrong = append(s.wrong, fmt.Sprintf("a browser that is logged in as %s brings the cookie of somebody else", person))
	}
	if person != "" && s.kick > 0 {
		if s.kick--; s.kick == 0 {
			clear(s.sessions)
		}
	}
	return person
}

func mark(person string) string { return "mark-" + hex.EncodeToString([]byte(person)) }

func (s *Site) login(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		s.Form(w, "")
		return
	}
	if code := r.PostFormValue("code"); code != "" {
		s.secondFactor(w, r, code)
		return
	}
	s.mu.Lock()
	email := strings.TrimSpace(r.PostFormValue("email"))
	known, ok := s.people[email]
	switch {
	case !ok || known.Password != r.PostFormValue("password"):
		s.mu.Unlock()
		s.Form(w, "wrong")
	case known.Robot:
		s.mu.Unlock()
		page(w, `<div id="challenge">Verify that you are human</div>`)
	default:
		whole := known.Code == nil
		s.set(w, s.begin(email, whole), email)
		s.mu.Unlock()
		if !whole {
			s.CodeForm(w, "")
			return
		}
		http.Redirect(w, r, s.Home, http.StatusSeeOther)
	}
}

func (s *Site) secondFactor(w http.ResponseWriter, r *http.Request, code string) {
	cookie, err := r.Cookie(s.Cookie)
	if err != nil {
		s.Form(w, "wrong")
		return
	}
	s.mu.Lock()
	begun := s.sessions[cookie.Value]
	known := s.people[begun.person]
	good := known.Code != nil && known.Code(s.Now()) == code
	if good {
		begun.whole = true
		s.sessions[cookie.Value] = begun
	}
	s.mu.Unlock()
	if !good {
		s.CodeForm(w, "wrong")
		return
	}
	http.Redirect(w, r, s.Home, http.StatusSeeOther)
}

func (s *Site) set(w http.ResponseWriter, value, person string) {
	cookie := http.Cookie{Name: s.Cookie, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if s.Lasts > 0 {
		// A browser's clock is the machine's, whatever the site's says.
		cookie.Expires = time.Now().Add(s.Ends().Sub(s.Now()))
	}
	http.SetCookie(w, &cookie)
	http.SetCookie(w, &http.Cookie{Name: "seen", Value: mark(person), Path: "/", Expires: time.Now().AddDate(1, 0, 0)})
}

// page writes a document around what is given.
func page(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = fmt.Fprintf(w, "<!DOCTYPE html>\n<html><head><title>%s</title></head><body>\n%s\n</body></html>\n", html.EscapeString("fake"), body)
}
