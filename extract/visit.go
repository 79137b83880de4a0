package extract

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"time"

	"github.com/pquerna/otp/totp"

	"bedrot/extract/api"
	"bedrot/extract/browser"
	"bedrot/extract/session"
	"bedrot/zones"
)

// browsers is the one Chromium of a run, started when it is first needed.
type browsers struct {
	options browser.Options
	mu      sync.Mutex
	engine  *browser.Engine
	err     error
}

func (b *browsers) start(ctx context.Context) (*browser.Engine, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.engine == nil && b.err == nil {
		b.engine, b.err = browser.Start(ctx, b.options)
	}
	return b.engine, b.err
}

func (b *browsers) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.engine == nil {
		return nil
	}
	err := b.engine.Close()
	b.engine = nil
	return err
}

// Site is the account's site: where its settings say it is.
func (s *Session) Site() browser.Site { return s.Source.Site.On(s.Setting(s.Source.Site.BaseSetting)) }

// Credentials are what the settings say, by their names; a TOTP secret gives the code of the moment.
func (s *Session) Credentials(email, password, secret string) browser.Credentials {
	who := browser.Credentials{Email: s.Setting(email), Password: s.Setting(password)}
	if key := s.Setting(secret); key != "" {
		who.Code = func() (string, error) { return totp.GenerateCode(key, s.Now()) }
	}
	return who
}

// Visit opens a page that is logged in as the account: by what the last proven visit remembered, else by
// credentials where there are any. The page ends with the account's work; a failure leaves evidence.
func (s *Session) Visit(ctx context.Context, who browser.Credentials) (*browser.Visit, error) {
	record, err := s.remembered()
	if err != nil {
		return nil, err
	}
	typed := who.Email != "" && who.Password != ""
	if !typed && len(record.State.Cookies)+len(record.State.Origins) == 0 {
		return nil, &api.Fault{Kind: api.Login, Message: "nobody has logged in yet"}
	}
	engine, err := s.browsers.start(ctx)
	if err != nil {
		return nil, noBrowser(err)
	}
	v, err := engine.Open(ctx, record.State, s.Site().Rules(), s.Mask)
	if err != nil {
		return nil, err
	}
	s.visit, s.record = v, record
	began := s.Now()
	if err := v.Enter(s.Site(), who); err != nil {
		s.refused(err, began)
		return nil, s.withEvidence("login", err)
	}
	return v, nil
}

func noBrowser(err error) error {
	var missing *browser.Missing
	if errors.As(err, &missing) {
		return &zones.Error{Code: "browser_missing", What: missing.What, Next: missing.Next, Err: err}
	}
	return err
}

// Records keeps browsers' logins as what they are, so that it can be told when they end. Tokens that are no
// Records keep them as any other secret.
type Records interface {
	// LoadRecord is the login of an account, or an error that wraps os.ErrNotExist.
	LoadRecord(source, account string) (session.Record, error)
	SaveRecord(source, account string, record session.Record, rules session.Rules) error
	// SavedAt is when the login was saved; zero when there is none.
	SavedAt(source, account string) (time.Time, error)
	// Refused remembers that the site refused the login as it was at a time.
	Refused(source, account string, began time.Time) error
}

// refused remembers that the site did not know the login that is kept, if that is what went wrong.
func (s *Session) refused(err error, began time.Time) {
	fault, ok := api.As(err)
	records, kept := s.tokens.(Records)
	if !ok || !kept || fault.Kind != api.Login {
		return
	}
	if err := records.Refused(s.Source.Name, s.Account, began); err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.Log.Warn("that a login is over could not be kept", "error", s.Mask.Text(err.Error()))
	}
}

// remembered is the account's last proven session; a zero one when there is none.
func (s *Session) remembered() (session.Record, error) {
	if s.tokens == nil {
		return session.Record{}, nil
	}
	record, err := s.load()
	if errors.Is(err, fs.ErrNotExist) {
		return session.Record{}, nil
	}
	if err != nil {
		return record, err
	}
	login, all := record.State.Secrets(s.Site().Rules())
	s.Mask.Add(login...)
	s.Mask.Hide(all...)
	return record, nil
}

func (s *Session) load() (record session.Record, err error) {
	if records, ok := s.tokens.(Records); ok {
		if s.saved, err = records.SavedAt(s.Source.Name, s.Account); err != nil {
			return record, err
		}
		return records.LoadRecord(s.Source.Name, s.Account)
	}
	text, err := s.tokens.Load(s.Source.Name, s.Account)
	if err != nil {
		return record, err
	}
	if err := json.Unmarshal(text, &record); err != nil {
		return record, &zones.Error{
			Code: "login_needed", What: "what is kept of the login is no browser's session", Where: s.Source.Name + ":" + s.Account,
			Next: "bedrot session login " + s.Source.Name + " --account " + s.Account,
		}
	}
	return record, nil
}

// proven keeps what the browser remembers, since a page has just shown that it works. What a failed
// visit would remember is never kept: the last proven state stays.
func (s *Session) proven() error {
	if s.visit == nil || s.tokens == nil {
		return nil
	}
	state, err := s.visit.State()
	if err != nil {
		return err
	}
	now := s.Now().UTC().Truncate(time.Second)
	if len(s.record.State.Cookies)+len(s.record.State.Origins) == 0 {
		s.record.LoggedInAt = now
	}
	s.record.ProvenAt, s.record.State = now, state
	if records, ok := s.tokens.(Records); ok {
		return s.keep(records)
	}
	text, err := json.Marshal(s.record)
	if err != nil {
		return err
	}
	return s.tokens.Save(s.Source.Name, s.Account, text)
}

// keep saves what was proven, unless somebody has brought or taken away a login since it was loaded: what a
// person does wins.
func (s *Session) keep(records Records) error {
	at, err := records.SavedAt(s.Source.Name, s.Account)
	if err != nil || !at.Equal(s.saved) {
		return err
	}
	if err := records.SaveRecord(s.Source.Name, s.Account, s.record, s.Site().Rules()); err != nil {
		return err
	}
	s.saved, err = records.SavedAt(s.Source.Name, s.Account)
	return err
}

// withEvidence keeps what the page looks like beside the audit journal, and says where.
func (s *Session) withEvidence(what string, err error) error {
	if s.visit == nil || s.evidence == "" || err == nil {
		return err
	}
	if _, ok := api.As(err); !ok {
		return err
	}
	dir := filepath.Join(s.evidence, fmt.Sprintf("%s-%s-%s", s.Source.Name, s.Account, what))
	if kept := s.visit.Evidence(dir); kept != nil {
		s.Log.Warn("not all evidence could be kept", "in", dir, "error", s.Mask.Text(kept.Error()))
	}
	fault, _ := api.As(err)
	fault.Message += "; the page is kept in " + filepath.ToSlash(filepath.Join("audit", "evidence", filepath.Base(s.evidence), filepath.Base(dir)))
	return err
}

// leave ends the account's page.
func (s *Session) leave() {
	if s.visit != nil {
		_ = s.visit.Close()
		s.visit = nil
	}
}

// Delivered says which days a delivery really holds, for services that give less than what was asked for
// and do not say so. What is less, or no newer than the delivery before, is told.
func (d *Drop) Delivered(first, last time.Time) {
	d.Label("first_date", first.Format(time.DateOnly))
	d.Label("last_date", last.Format(time.DateOnly))
	lag := time.Duration(d.ask.Stream.Fetch.Lag) * 24 * time.Hour
	if since := d.ask.Since; !since.IsZero() && first.After(since) || !d.ask.Until.IsZero() && last.Add(lag).Before(d.ask.Until) {
		since, until := d.ask.Days()
		d.Warn("window_short", "the days from %s to %s were asked for, and those from %s to %s came", since, until, first.Format(time.DateOnly), last.Format(time.DateOnly))
	}
	if before := d.ask.NewestDay; before != "" && last.Format(time.DateOnly) <= before {
		d.Warn("window_old", "the newest day is %s, and the delivery before had %s already: the service stands still, or gives an old export", last.Format(time.DateOnly), before)
	}
}

// Of refuses a delivery that is of another account than the one asked for.
func (d *Drop) Of(found, wanted string) error {
	if found == wanted {
		return nil
	}
	return &api.Fault{Kind: api.Unexpected, Name: "other_account", Message: "the site gave another account's data", Expected: wanted, Found: found}
}

// Names are the files that a stream of the account has landed ever, by the names the service gave them.
func (s *Session) Names(stream string) (map[string]bool, error) {
	ids, err := s.lake.DropIDs(s.Source.Name, stream, s.Account)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, id := range ids {
		drop, err := s.lake.ReadDrop(s.Source.Name, stream, s.Account, id)
		if err != nil {
			return nil, err
		}
		for _, file := range drop.Files {
			names[file.Name] = true
		}
	}
	return names, nil
}
