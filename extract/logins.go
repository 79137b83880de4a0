package extract

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"time"

	"bedrot/extract/api"
	"bedrot/extract/browser"
	"bedrot/extract/session"
	"bedrot/zones"
)

// Logins is what people do about logins: they log in, look how long logins last, and carry them from a
// machine with a screen to one without. It needs no lake.
type Logins struct {
	Sources []Source
	Store   *session.Store
	// Config says which accounts there are; nil, where there is no lake, knows of none and takes any.
	Config  *zones.Config
	Values  Values
	Browser browser.Options
	// Chromium is one that runs already, and stays. It shows no window: those who log in are programs.
	Chromium *browser.Engine
	// Limit is how long a person may take to log in.
	Limit time.Duration
	// Say tells the person how it goes.
	Say func(format string, args ...any)
	// Ask asks for a passphrase, without showing it; nil where nobody would answer.
	Ask func(question string) (string, error)
	Log *slog.Logger
	Now func() time.Time
}

// proofLimit is how long a look whether a login works may take.
const proofLimit = 2 * time.Minute

// kept reports whether a source has a login that is kept.
func (s Source) kept() bool { return s.Site != nil || s.Login != nil }

// List tells how the logins of all sources stand, or of one, by source and account. What cannot be read is an
// error beside those that can.
func (l *Logins) List(name string) ([]session.Standing, error) {
	if name != "" {
		if _, err := l.source(name); err != nil {
			return nil, err
		}
	}
	logins, failed := l.Store.List()
	list := []session.Standing{}
	for _, login := range logins {
		if name == "" || login.Source == name {
			list = append(list, login.Standing(l.Now()))
		}
	}
	for _, source := range l.Sources {
		if !source.kept() || name != "" && source.Name != name {
			continue
		}
		for _, account := range l.accounts(source.Name) {
			there := func(s session.Standing) bool { return s.Source == source.Name && s.Account == account }
			if !slices.ContainsFunc(list, there) {
				list = append(list, session.Standing{Source: source.Name, Account: account, Kind: source.kind(), State: session.Never})
			}
		}
	}
	slices.SortFunc(list, func(a, b session.Standing) int {
		return cmp.Or(strings.Compare(a.Source, b.Source), strings.Compare(a.Account, b.Account))
	})
	return list, failed
}

func (s Source) kind() string {
	if s.Login != nil {
		return session.KindToken
	}
	return session.KindBrowser
}

func (l *Logins) accounts(source string) []string {
	if l.Config == nil {
		return zones.Config{}.AccountsOf(source)
	}
	return l.Config.AccountsOf(source)
}

func (l *Logins) source(name string) (Source, error) {
	i := slices.IndexFunc(l.Sources, func(s Source) bool { return s.Name == name })
	if i < 0 {
		return Source{}, &zones.Error{Code: "source_unknown", What: fmt.Sprintf("there is no source %q", name), Where: name, Next: "bedrot session list"}
	}
	if !l.Sources[i].kept() {
		return Source{}, misused("bedrot sources "+name, "%s has no login that is kept: its settings are all it takes", name)
	}
	return l.Sources[i], nil
}

// find is the source and the account that are meant; a source's only account need not be named.
func (l *Logins) find(name, account string) (*Session, error) {
	if name == "" {
		return nil, misused("bedrot session list", "which source?")
	}
	source, err := l.source(name)
	if err != nil {
		return nil, err
	}
	accounts := l.accounts(name)
	switch {
	case account == "" && len(accounts) == 1:
		account = accounts[0]
	case account == "":
		return nil, misused("name it with --account", "which account of %s? There are %s", name, strings.Join(accounts, ", "))
	case l.Config != nil && !slices.Contains(accounts, account):
		return nil, misused("bedrot session list; accounts stand in lake.toml under [accounts]", "%s has no account %s, but %s", name, account, strings.Join(accounts, ", "))
	}
	if err := zones.CheckName("account", account); err != nil {
		return nil, misused("name it as in lake.toml", "%v", err)
	}
	r := &Runner{Sources: l.Sources, Values: l.Values, Log: l.Log, Now: l.Now, Tokens: l.Store, mask: &api.Mask{}}
	return r.session(source, account, ByBrowser, api.NewGate(source.API.Policy), nil), nil
}

func misused(next, format string, args ...any) error {
	return &zones.Error{Code: "usage", What: fmt.Sprintf(format, args...), Next: next}
}

// told is a failure as people see it.
func told(s *Session, err error) error {
	return describe(s.Source, s.Account, Stream{}, s.Mask, noBrowser(err))
}

// Login leads a person through a login, proves it, and keeps it. What was kept before stays until then.
func (l *Logins) Login(ctx context.Context, name, account string) error {
	s, err := l.find(name, account)
	if err != nil {
		return err
	}
	if s.Source.Login != nil {
		ctx, cancel := context.WithTimeout(ctx, l.Limit)
		defer cancel()
		if err := s.Source.Login(ctx, s, l.Say); err != nil {
			return told(s, err)
		}
		return nil
	}
	if l.Chromium == nil && l.screenless() {
		return noScreen(s)
	}
	record, err := l.await(ctx, s)
	if err != nil {
		return told(s, err)
	}
	l.Say("%s:%s: logged in; looking whether it works without a window", s.Source.Name, s.Account)
	chromium := &browsers{options: l.Browser, engine: l.Chromium}
	defer l.end(chromium)
	if record, err = l.prove(ctx, chromium, s, record); err == nil {
		err = l.Store.SaveRecord(s.Source.Name, s.Account, record, s.Site().Rules())
	}
	if err != nil {
		return told(s, err)
	}
	return l.tell(s, "logged in, and it works")
}

// end ends what was started; that it did not end well is no failure of what it was started for.
func (l *Logins) end(chromium *browsers) {
	if l.Chromium != nil {
		return
	}
	if err := chromium.close(); err != nil {
		l.Log.Warn("the browser did not end well", "error", err.Error())
	}
}

// screenless says that no window could be shown. Only some systems say so.
func (l *Logins) screenless() bool {
	return runtime.GOOS != "windows" && runtime.GOOS != "darwin" && l.Browser.Display["DISPLAY"] == "" && l.Browser.Display["WAYLAND_DISPLAY"] == ""
}

func noScreen(s *Session) error {
	named := s.Source.Name + " --account " + s.Account
	return &zones.Error{
		Code: "login_needed", Source: s.Source.Name, Account: s.Account, Where: s.Source.Name + ":" + s.Account,
		What: "logging in takes a window, and this machine has no screen: neither DISPLAY nor WAYLAND_DISPLAY is set",
		Next: fmt.Sprintf("on a machine with a screen: bedrot session login %[1]s, then bedrot session export %[1]s --to login.age; here: bedrot session import login.age", named),
	}
}

// await shows the site until the person is logged in. It begins with nothing of what was kept: a login that
// still works would pass for the new one.
func (l *Logins) await(ctx context.Context, s *Session) (record session.Record, err error) {
	o := l.Browser
	o.Visible = true
	window := &browsers{options: o, engine: l.Chromium}
	defer l.end(window)
	engine, err := window.start(ctx)
	if err != nil {
		return record, err
	}
	v, err := engine.Open(ctx, session.State{}, s.Site().Rules(), s.Mask)
	if err != nil {
		return record, err
	}
	defer func() { _ = v.Close() }()
	l.Say("%s:%s: log in in the window that opens, within %s; it closes by itself", s.Source.Name, s.Account, l.Limit)
	if err := v.AwaitPerson(s.Site(), l.Limit); err != nil {
		return record, err
	}
	record.LoggedInAt = l.Now().UTC()
	record.State, err = v.State()
	record.State, _ = s.Site().Rules().Own(record.State)
	return record, err
}

// prove opens the site with a login, without a window, and returns what the browser remembers then.
func (l *Logins) prove(ctx context.Context, chromium *browsers, s *Session, record session.Record) (session.Record, error) {
	engine, err := chromium.start(ctx)
	if err != nil {
		return record, err
	}
	ctx, cancel := context.WithTimeout(ctx, proofLimit)
	defer cancel()
	v, err := engine.Open(ctx, record.State, s.Site().Rules(), s.Mask)
	if err != nil {
		return record, err
	}
	defer func() { _ = v.Close() }()
	if err := v.Enter(s.Site(), browser.Credentials{}); err != nil {
		return record, err
	}
	record.ProvenAt = l.Now().UTC()
	record.State, err = v.State()
	return record, err
}

// tell says how the account's login stands now.
func (l *Logins) tell(s *Session, what string) error {
	list, err := l.List(s.Source.Name)
	for _, st := range list {
		if st.Account == s.Account {
			l.Say("%s:%s: %s; it lasts: %s", st.Source, st.Account, what, st.Left())
		}
	}
	return err
}

// Tested is what a look said of an account's login.
type Tested struct {
	Source  string       `json:"source"`
	Account string       `json:"account"`
	Works   bool         `json:"works"`
	Err     *zones.Error `json:"error,omitempty"`
}

// String is what a look found, in a line.
func (t Tested) String() string {
	if t.Err != nil {
		return t.Source + ":" + t.Account + " does not work: " + t.Err.What
	}
	return t.Source + ":" + t.Account + " works"
}

// Test looks whether logins work: of one account, or of all that are kept. It remembers what it finds.
func (l *Logins) Test(ctx context.Context, name, account string) ([]Tested, error) {
	var all []*Session
	if account != "" || name != "" && len(l.accounts(name)) == 1 {
		s, err := l.find(name, account)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	} else {
		list, err := l.List(name)
		if err != nil {
			return nil, err
		}
		for _, st := range list {
			if s, err := l.find(st.Source, st.Account); err == nil && st.State != session.Never {
				all = append(all, s)
			}
		}
	}
	tested := []Tested{}
	chromium := &browsers{options: l.Browser, engine: l.Chromium}
	defer l.end(chromium)
	for _, s := range all {
		one := Tested{Source: s.Source.Name, Account: s.Account}
		if err := l.test(ctx, chromium, s); err != nil {
			if ctx.Err() != nil {
				return tested, ctx.Err()
			}
			one.Err = zones.AsError(ctx, told(s, err))
		}
		one.Works = one.Err == nil
		tested = append(tested, one)
	}
	return tested, nil
}

func (l *Logins) test(ctx context.Context, chromium *browsers, s *Session) error {
	began := l.Now()
	if s.Source.Login != nil {
		ctx, cancel := context.WithTimeout(ctx, proofLimit)
		defer cancel()
		if s.Source.Probe == nil {
			return nil
		}
		hint, err := s.Source.Probe(ctx, s)
		if s.refused(err, began); err == nil && hint != "" {
			l.Say("%s:%s: %s", s.Source.Name, s.Account, s.Mask.Text(hint))
		}
		return err
	}
	record, err := s.load()
	if errors.Is(err, fs.ErrNotExist) {
		return &api.Fault{Kind: api.Login, Message: "nobody has logged in yet"}
	}
	if err != nil {
		return err
	}
	if s.record, err = l.prove(ctx, chromium, s, record); err != nil {
		s.refused(err, began)
		return err
	}
	return s.keep(l.Store)
}

// Forget takes a login away.
func (l *Logins) Forget(name, account string) error {
	s, err := l.find(name, account)
	if err != nil {
		return err
	}
	what := "forgotten"
	if err := l.Store.Forget(s.Source.Name, s.Account); errors.Is(err, fs.ErrNotExist) {
		what = "there was no login"
	} else if err != nil {
		return err
	}
	l.Say("%s:%s: %s", s.Source.Name, s.Account, what)
	return nil
}
