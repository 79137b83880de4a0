package extract

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"sync"
	"time"

	"bedrot/extract/fake"
	"bedrot/extract/session"
)

// Live is the demo's world as it is fetched: a server for each service that a program asks, which knows
// the same label as the deliveries do, and the settings and logins that lead there.
type Live struct {
	// Now is the servers' clock; it may be set anew between nights.
	Now func() time.Time
	// The servers themselves, for whoever wants them to fail.
	Metaads   *fake.Metaads
	Youtube   *fake.Youtube
	Mailchimp *fake.Mailchimp
	Distrokid *fake.Distrokid
	Toolost   *fake.Toolost
	Tiktok    *fake.Tiktok

	cfg     DemoConfig
	servers []*http.Server
	env     map[string]string
	logins  *liveLogins
}

// NewLive starts the servers on this machine. Now has to be set before anybody asks them.
func NewLive(config DemoConfig, now func() time.Time) (_ *Live, err error) {
	l := &Live{Now: now, cfg: config.withDefaults(), env: map[string]string{}, logins: newLiveLogins()}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.Close())
		}
	}()
	for _, open := range []func() error{l.metaads, l.youtube, l.mailchimp, l.distrokid, l.toolost, l.tiktok} {
		if err := open(); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// Values are settings that lead to the servers, and to nothing else: whatever a person has set stays out
// of the demo.
func (l *Live) Values() Values {
	return Values{Env: func(name string) (string, bool) {
		value, ok := l.env[name]
		return value, ok
	}}
}

// Settings are those of Values by their names, as they would stand in .env.
func (l *Live) Settings() map[string]string { return maps.Clone(l.env) }

// Logins are those of sites that nobody types a password into.
func (l *Live) Logins() Tokens { return l.logins }

// Accounts are those of sources that have several.
func (l *Live) Accounts() map[string][]string {
	return map[string][]string{"tiktok": {"zone_a0", "pig1987"}}
}

// Fetched reports whether a stream comes by the servers, so that no delivery of it is needed.
func Fetched(source Source, stream string) bool {
	for _, s := range source.Streams {
		if s.Name == stream {
			return source.Extract != nil && s.Fetch != nil
		}
	}
	return false
}

// Close stops the servers.
func (l *Live) Close() error {
	var all error
	for _, server := range l.servers {
		all = errors.Join(all, server.Close())
	}
	return all
}

// serve starts a server and returns its address.
func (l *Live) serve(h http.Handler) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	l.servers = append(l.servers, server)
	go func() { _ = server.Serve(listener) }()
	return "http://" + listener.Addr().String(), nil
}

// clock is the one of the night, whichever it is.
func (l *Live) clock() time.Time { return l.Now() }

func (l *Live) metaads() error {
	const app, secret, token = "4711", "demo-meta-app-secret", "demo-meta-token"
	l.Metaads = fake.NewMetaads(fake.MetaConfig{Now: l.clock, Seed: l.cfg.Seed, Token: token, AppID: app, AppSecret: secret, Account: demoAdAccount, Since: l.cfg.Start})
	address, err := l.serve(l.Metaads)
	l.env["META_API_URL"], l.env["META_ACCESS_TOKEN"], l.env["META_AD_ACCOUNT_ID"] = address, token, demoAdAccount
	l.env["META_APP_ID"], l.env["META_APP_SECRET"] = app, secret
	return err
}

func (l *Live) youtube() error {
	known := DemoYoutube(l.cfg, l.clock)
	known.ClientID, known.ClientSecret, known.Channels = "demo-client", "demo-client-secret", known.Channels[:1]
	known.Channels[0].Login = "demo-youtube-login"
	l.Youtube = fake.NewYoutube(known)
	address, err := l.serve(l.Youtube)
	for name, path := range map[string]string{
		"YOUTUBE_ANALYTICS_URL": "/analytics", "YOUTUBE_REPORTING_URL": "/reporting", "YOUTUBE_DATA_URL": "/data", "YOUTUBE_OAUTH_URL": "/oauth", "YOUTUBE_AUTH_URL": "/accounts",
	} {
		l.env[name] = address + path
	}
	l.env["YOUTUBE_CLIENT_ID"], l.env["YOUTUBE_CLIENT_SECRET"], l.env["YOUTUBE_REFRESH_TOKEN"] = "demo-client", "demo-client-secret", known.Channels[0].Login
	return err
}

func (l *Live) mailchimp() error {
	const key = "demo0123456789abcdef-us21"
	l.Mailchimp = fake.NewMailchimp(fake.MailchimpConfig{Now: l.clock, Seed: l.cfg.Seed, Key: key, Since: l.cfg.Start})
	address, err := l.serve(l.Mailchimp)
	l.env["MAILCHIMP_API_URL"], l.env["MAILCHIMP_API_KEY"] = address, key
	return err
}

func (l *Live) distrokid() error {
	site := fake.NewDistrokid(l.clock)
	l.Distrokid = site
	site.Banner = true
	site.Stats = func(data string) string { return l.cfg.statsPage(data, l.clock()) }
	site.Bank = func() (string, []byte) {
		var file bytes.Buffer
		if err := l.cfg.writeBank(&file, bankV2, l.night()); err != nil {
			return "results.csv", nil
		}
		return "results.csv", file.Bytes()
	}
	site.Admit(fake.Person{Email: "label@example.com", Password: "demo-distrokid-password"})
	address, err := l.serve(site)
	l.env["DISTROKID_URL"], l.env["DISTROKID_EMAIL"], l.env["DISTROKID_PASSWORD"] = address, "label@example.com", "demo-distrokid-password"
	return err
}

// night is the demo's, by the clock.
func (l *Live) night() int {
	for night := DemoNights; night > 1; night-- {
		if !l.clock().Before(l.cfg.asOf(night)) {
			return night
		}
	}
	return 1
}

func (l *Live) toolost() error {
	portal := fake.NewToolost(l.clock)
	l.Toolost = portal
	portal.Answer = func(platform string) string { return l.cfg.toolostAnswer(platform, l.clock()) }
	portal.People = []fake.Person{{Email: "label@example.com", Password: "demo-toolost-password"}}
	portal.Reports = []fake.Report{{Month: l.cfg.asOf(1).Format("01-2006"), Name: l.cfg.asOf(1).Format("01-2006") + "-70911.csv", Content: []byte(l.cfg.toolostSales(1, false))}}
	address, err := l.serve(portal)
	l.env["TOOLOST_URL"], l.env["TOOLOST_EMAIL"], l.env["TOOLOST_PASSWORD"] = address, "label@example.com", "demo-toolost-password"
	return err
}

// tiktok has two accounts, each with a session that a person brought.
func (l *Live) tiktok() error {
	site := fake.NewTiktok(l.clock)
	l.Tiktok = site
	site.Lasts = 0 // as long as the demo
	site.Export = func(tab, person string, days int) (string, []byte) {
		return l.cfg.studioExport(l.clock(), l.night(), tab, person, days)
	}
	handles := map[string]string{"zone_a0": "zone.a0", "pig1987": "pig1987"}
	address, err := l.serve(site)
	l.env["TIKTOK_URL"] = address
	for account, handle := range handles {
		site.Admit(fake.Person{Email: handle})
		cookie := session.Cookie{Name: site.Cookie, Value: site.Session(handle), Domain: "127.0.0.1", Path: "/", Expires: -1, HTTPOnly: true, SameSite: "Lax"}
		text, failed := json.Marshal(session.Record{LoggedInAt: l.cfg.asOf(1), State: session.State{Cookies: []session.Cookie{cookie}}})
		err = errors.Join(err, failed, l.logins.Save("tiktok", account, text))
	}
	return err
}

// liveLogins keeps the demo's logins for as long as it lasts.
type liveLogins struct {
	mu   sync.Mutex
	kept map[string][]byte
}

func newLiveLogins() *liveLogins { return &liveLogins{kept: map[string][]byte{}} }

func (m *liveLogins) Load(source, account string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if secret, ok := m.kept[source+":"+account]; ok {
		return secret, nil
	}
	return nil, fs.ErrNotExist
}

func (m *liveLogins) Save(source, account string, secret []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept[source+":"+account] = secret
	return nil
}

// Night sets a runner up for a night of the demo.
func (l *Live) Night(r *Runner) {
	r.Values, r.Tokens = l.Values(), l.logins
	r.Backfill.Since = r.Now().AddDate(0, 0, -60) // the demo has no patience for three years of history
}
