package fake

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// YoutubeConfig says what a fake of YouTube knows. The same configuration and clock give the same answers.
type YoutubeConfig struct {
	Seed uint64
	Now  func() time.Time
	// ClientID and ClientSecret are those that clients must bring; empty is client-1 and client-secret-1.
	ClientID, ClientSecret string
	// Units are those of the Data API a day; 0 is 10,000.
	Units    int
	Channels []YoutubeChannel
}

// YoutubeChannel is a channel and the person who owns it.
type YoutubeChannel struct {
	ID, Title string
	// Login is the refresh token of the owner; empty is 1//login- and the id.
	Login   string
	Videos  []YoutubeVideo
	Hidden  bool // its subscribers
	Partner bool // it earns money, and may see how much
}

// YoutubeVideo is a video; Daily is about how often it is watched on a day, once it is some weeks old.
type YoutubeVideo struct {
	ID, Title                           string
	Published                           time.Time
	Daily                               int
	Short, Live, NoLikes, NoComments    bool
	Private                             bool // in the list of uploads, and never told of
	Unlisted                            bool
	DurationMinutes, DurationPlusSecond int
}

// Youtube is a fake of YouTube's interfaces: /oauth and /accounts give tokens and logins, /analytics,
// /reporting and /data are the APIs.
type Youtube struct {
	Kit
	config  YoutubeConfig
	handler http.Handler

	mu      sync.Mutex
	tokens  map[string]youtubeToken // by the access token
	logins  map[string]string       // refresh token → channel's id
	codes   map[string]youtubeCode
	issued  int
	owner   string // whose browser comes to the consent page
	jobs    []youtubeJob
	units   map[string]int // by Pacific day
	minutes map[int64]int  // calls of the Reporting API
}

type youtubeToken struct {
	channel string
	scope   string
	until   time.Time
}

type youtubeCode struct {
	channel, challenge, redirect, scope string
}

// NewYoutube makes a fake.
func NewYoutube(config YoutubeConfig) *Youtube {
	if config.ClientID == "" {
		config.ClientID, config.ClientSecret = "client-1", "client-secret-1"
	}
	if config.Units == 0 {
		config.Units = 10_000
	}
	y := &Youtube{
		Kit: Kit{Now: config.Now}, config: config, tokens: map[string]youtubeToken{}, logins: map[string]string{},
		codes: map[string]youtubeCode{}, units: map[string]int{}, minutes: map[int64]int{},
	}
	for i, channel := range config.Channels {
		if channel.Login == "" {
			y.config.Channels[i].Login = "1//login-" + channel.ID
		}
		y.logins[y.config.Channels[i].Login] = channel.ID
	}
	if len(config.Channels) > 0 {
		y.owner = config.Channels[0].ID
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth/token", y.token)
	mux.HandleFunc("GET /accounts/o/oauth2/v2/auth", y.consent)
	mux.HandleFunc("GET /analytics/v2/reports", y.owned(y.report))
	mux.HandleFunc("GET /data/youtube/v3/channels", y.owned(y.unit(y.channels)))
	mux.HandleFunc("GET /data/youtube/v3/playlistItems", y.owned(y.unit(y.uploads)))
	mux.HandleFunc("GET /data/youtube/v3/videos", y.owned(y.unit(y.videos)))
	mux.HandleFunc("GET /reporting/v1/reportTypes", y.owned(y.minute(y.reportTypes)))
	mux.HandleFunc("GET /reporting/v1/jobs", y.owned(y.minute(y.listJobs)))
	mux.HandleFunc("POST /reporting/v1/jobs", y.owned(y.minute(y.newJob)))
	mux.HandleFunc("GET /reporting/v1/jobs/{job}/reports", y.owned(y.minute(y.files)))
	mux.HandleFunc("GET /reporting/v1/media/CHANNEL/{channel}/jobs/{job}/reports/{file}", y.owned(y.minute(y.media)))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		y.Complain("%s %s is nothing of YouTube's", r.Method, r.URL.Path)
		refuse(w, http.StatusNotFound, "notFound", "Not Found")
	})
	y.handler = y.Wrap(mux)
	return y
}

// ServeHTTP answers as YouTube does.
func (y *Youtube) ServeHTTP(w http.ResponseWriter, r *http.Request) { y.handler.ServeHTTP(w, r) }

// Settings are what a client needs to know of the fake at an address.
func (y *Youtube) Settings(address string) map[string]string {
	return map[string]string{
		"YOUTUBE_CLIENT_ID": y.config.ClientID, "YOUTUBE_CLIENT_SECRET": y.config.ClientSecret,
		"YOUTUBE_ANALYTICS_URL": address + "/analytics", "YOUTUBE_REPORTING_URL": address + "/reporting", "YOUTUBE_DATA_URL": address + "/data",
		"YOUTUBE_OAUTH_URL": address + "/oauth", "YOUTUBE_AUTH_URL": address + "/accounts",
	}
}

// Revoke ends a login.
func (y *Youtube) Revoke(login string) {
	y.mu.Lock()
	defer y.mu.Unlock()
	delete(y.logins, login)
}

// Browse says whose browser comes to the consent page from now on.
func (y *Youtube) Browse(channel string) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.owner = channel
}

// Expire ends all tokens, but no login.
func (y *Youtube) Expire() {
	y.mu.Lock()
	defer y.mu.Unlock()
	clear(y.tokens)
}

func (y *Youtube) channel(id string) *YoutubeChannel {
	for i := range y.config.Channels {
		if y.config.Channels[i].ID == id {
			return &y.config.Channels[i]
		}
	}
	return nil
}

// ownedHandler answers for the channel whose token the call bears.
type ownedHandler func(http.ResponseWriter, *http.Request, *YoutubeChannel)

func (y *Youtube) owned(answer ownedHandler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("access_token") || r.URL.Query().Has("key") {
			y.Complain("a secret in the address of %s", r.URL.Path)
		}
		bearer, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !found {
			y.Complain("%s %s without a token", r.Method, r.URL.Path)
		}
		y.mu.Lock()
		token, known := y.tokens[bearer]
		y.mu.Unlock()
		if !known || y.Now().After(token.until) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="https://accounts.google.com/", error="invalid_token"`)
			refuse(w, http.StatusUnauthorized, "authError", "Invalid Credentials")
			return
		}
		scope := "youtube.readonly"
		if strings.HasPrefix(r.URL.Path, "/analytics/") || strings.HasPrefix(r.URL.Path, "/reporting/") {
			scope = "yt-analytics.readonly"
		}
		if !strings.Contains(token.scope, "/auth/"+scope) {
			refuse(w, http.StatusForbidden, "insufficientPermissions", "Request had insufficient authentication scopes.")
			return
		}
		answer(w, r, y.channel(token.channel))
	}
}

// token gives tokens for logins, and logins for codes.
func (y *Youtube) token(w http.ResponseWriter, r *http.Request) {
	if r.URL.RawQuery != "" {
		y.Complain("parameters of the token call in its address")
	}
	if err := r.ParseForm(); err != nil || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		y.Complain("the token call is no form")
	}
	form := r.PostForm
	if form.Get("client_id") != y.config.ClientID || form.Get("client_secret") != y.config.ClientSecret {
		respond(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client", "error_description": "The OAuth client was not found."})
		return
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	answer := map[string]any{"expires_in": 3599, "token_type": "Bearer"}
	const all = "https://www.googleapis.com/auth/yt-analytics.readonly https://www.googleapis.com/auth/youtube.readonly https://www.googleapis.com/auth/yt-analytics-monetary.readonly"
	grant, scope := youtubeCode{}, all
	switch form.Get("grant_type") {
	case "refresh_token":
		grant.channel = y.logins[form.Get("refresh_token")]
	case "authorization_code":
		grant = y.codes[form.Get("code")]
		delete(y.codes, form.Get("code"))
		sum := sha256.Sum256([]byte(form.Get("code_verifier")))
		if grant.channel == "" || grant.challenge != base64.RawURLEncoding.EncodeToString(sum[:]) || grant.redirect != form.Get("redirect_uri") {
			grant.channel = ""
			break
		}
		y.issued++
		login := fmt.Sprintf("1//login-%s-%d", grant.channel, y.issued)
		y.logins[login], scope = grant.channel, grant.scope
		answer["refresh_token"], answer["refresh_token_expires_in"] = login, 604799
	default:
		respond(w, http.StatusBadRequest, map[string]any{"error": "unsupported_grant_type", "error_description": "Invalid grant_type"})
		return
	}
	if grant.channel == "" {
		respond(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant", "error_description": "Token has been expired or revoked."})
		return
	}
	y.issued++
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %d", y.config.Seed, grant.channel, y.issued))
	access := "ya29." + hex.EncodeToString(sum[:20])
	y.tokens[access] = youtubeToken{channel: grant.channel, scope: scope, until: y.Now().Add(3599 * time.Second)}
	answer["access_token"], answer["scope"] = access, scope
	respond(w, http.StatusOK, answer)
}

// consent is the page on which a person allows the access; here, they always do.
func (y *Youtube) consent(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	for name, want := range map[string]string{
		"client_id": y.config.ClientID, "response_type": "code", "access_type": "offline", "prompt": "consent", "code_challenge_method": "S256",
	} {
		if query.Get(name) != want {
			y.Complain("the consent page is asked with %s=%s", name, query.Get(name))
		}
	}
	back, err := url.Parse(query.Get("redirect_uri"))
	if err != nil || back.Scheme != "http" || back.Hostname() != "127.0.0.1" || back.Port() == "" {
		y.Complain("the consent page cannot come back to %q", query.Get("redirect_uri"))
		http.Error(w, "redirect_uri_mismatch", http.StatusBadRequest)
		return
	}
	if len(query.Get("state")) < 16 || len(query.Get("code_challenge")) < 43 || !strings.Contains(query.Get("scope"), "yt-analytics.readonly") {
		y.Complain("the consent page is asked without a state, a challenge or a scope")
	}
	y.mu.Lock()
	y.issued++
	code := fmt.Sprintf("4/code-%d-%d", y.config.Seed, y.issued)
	y.codes[code] = youtubeCode{channel: y.owner, challenge: query.Get("code_challenge"), redirect: query.Get("redirect_uri"), scope: query.Get("scope")}
	y.mu.Unlock()
	back.RawQuery = url.Values{"code": {code}, "state": {query.Get("state")}, "scope": {query.Get("scope")}}.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// only complains of parameters that the call does not have.
func (y *Youtube) only(r *http.Request, names ...string) {
	for name := range r.URL.Query() {
		if !slices.Contains(names, name) {
			y.Complain("%s %s knows no %s", r.Method, r.URL.Path, name)
		}
	}
}

// refuse is an error as Google's servers answer it.
func refuse(w http.ResponseWriter, status int, reason, message string) {
	respond(w, status, map[string]any{"error": map[string]any{
		"code": status, "message": message, "errors": []map[string]any{{"message": message, "domain": "global", "reason": reason}},
	}})
}

func respond(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // the client went away
}
