package extract

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"bedrot/extract/api"
	"bedrot/extract/browser"
	"bedrot/extract/session"
	"bedrot/zones"
)

// Session is all that a source's Extract is given for one account: nothing it needs is global.
type Session struct {
	Source  Source
	Account string
	// Door is the one that is being tried.
	Door Door
	Log  *slog.Logger
	// Mask is told every secret that comes up on the way, such as a token that was refreshed.
	Mask *api.Mask
	Now  func() time.Time
	Wait func(context.Context, time.Duration) error

	values  Values
	options api.Options
	gate    *api.Gate
	asks    []Ask
	land    func(context.Context, zones.Delivery) (zones.Landed, error)
	scratch string
	tell    func(Outcome)
	client  *api.Client
	counted int64 // requests that an outcome has told of
	found   []zones.Error
	tokens  Tokens
	began   map[string]time.Time // when the last ask of a stream was begun

	browsers *browsers
	visit    *browser.Visit
	record   session.Record // what is kept of the browser's login
	saved    time.Time      // when that was saved
	evidence string         // folder
	lake     *zones.Lake
}

// Tokens keeps what a login gave, apart from the lake: refresh tokens above all.
type Tokens interface {
	// Load is the secret of an account, or an error that wraps os.ErrNotExist.
	Load(source, account string) ([]byte, error)
	Save(source, account string, secret []byte) error
}

// Tokens is where logins are kept; nil when nowhere.
func (s *Session) Tokens() Tokens { return s.tokens }

// Setting is what a setting says for this account; empty when nothing does.
func (s *Session) Setting(name string) string {
	for _, setting := range s.Source.Settings {
		if setting.Name == name {
			value, _ := s.values.lookup(setting, s.Account)
			return value
		}
	}
	return ""
}

// Client asks the service; authorize puts the token where it belongs, and may be nil. The last client
// made is the one whose calls are counted.
func (s *Session) Client(authorize func(*http.Request) error) *api.Client {
	options := s.options
	options.Authorize = authorize
	s.client = api.New(s.gate, options)
	return s.client
}

// Transport is where calls go, for libraries that make their own, such as those of OAuth.
func (s *Session) Transport() http.RoundTripper { return s.options.Transport }

// Asks are what is to be fetched, the newest days first.
func (s *Session) Asks() []Ask { return s.asks }

// Warn tells of something that concerns the account and keeps nothing back, such as a login that ends soon.
// It goes with the next outcome, whichever that is.
func (s *Session) Warn(code, next, format string, args ...any) {
	s.found = append(s.found, zones.Error{
		Code: code, Severity: "warn", Source: s.Source.Name, Account: s.Account, Step: "extract", Where: s.Source.Name + ":" + s.Account,
		What: s.Mask.Text(fmt.Sprintf(format, args...)), Recovered: true, Next: next,
	})
}

// Wants reports whether a stream is among what is to be fetched.
func (s *Session) Wants(stream string) bool {
	for _, ask := range s.asks {
		if ask.Stream.Name == stream {
			return true
		}
	}
	return false
}

// restAfter is how many failures in a row rest an account for the night.
const restAfter = 5

// Each fetches what is asked for, one drop each. What fails is told and the others go on, but for
// faults that concern the whole account: a dead login, a missing permission on everything, a service that
// wants to be left alone or does not answer at all, and five failures in a row. An error is one of those.
func (s *Session) Each(ctx context.Context, fetch func(context.Context, Ask, *Drop) error) error {
	failed := 0
	for i, ask := range s.asks {
		err := s.one(ctx, ask, fetch)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			failed = 0
			continue
		}
		failed++
		if !s.wholeAccount(err) && failed < restAfter {
			s.tell(s.outcome(ask, Failed, s.fault(ask, err)))
			continue
		}
		for _, left := range s.asks[i+1:] {
			s.tell(s.outcome(left, Skipped, nil))
		}
		told := s.fault(ask, err)
		if !s.wholeAccount(err) {
			told.Code, told.Class, told.What = "account_rested", "", fmt.Sprintf("failed %d times in a row and is left alone until the next run; the last time: %s", failed, told.What)
		}
		s.tell(s.outcome(ask, Failed, told))
		return errTold
	}
	return nil
}

// errTold ends an account's work when its outcomes have said why.
var errTold = errors.New("told already")

// wholeAccount says that a failure concerns everything that is asked for an account.
func (s *Session) wholeAccount(err error) bool {
	fault, ok := api.As(err)
	if !ok {
		return false
	}
	switch fault.Kind {
	case api.Login:
		return true
	case api.Throttled:
		return !fault.Part
	case api.Transient:
		return s.client != nil && !s.client.Answered()
	}
	return false
}

func (s *Session) one(ctx context.Context, ask Ask, fetch func(context.Context, Ask, *Drop) error) (err error) {
	drop := &Drop{session: s, ask: ask, began: s.begin(ask.Stream.Name)}
	defer func() { err = errors.Join(err, drop.discard()) }()
	if err := fetch(ctx, ask, drop); err != nil {
		return s.withEvidence(ask.Stream.Name, err)
	}
	if s.visit != nil {
		for _, odd := range s.visit.Oddities() {
			drop.Warn("page_changed", "%s", odd)
		}
		if err := s.proven(); err != nil {
			drop.Warn("login_unsaved", "the session works, and could not be saved: %v", err)
		}
	}
	return drop.commit(ctx)
}

// requests are those sent since the outcome before, so that all outcomes together tell of every request.
func (s *Session) requests() int64 {
	if s.client == nil {
		return 0
	}
	sent := s.client.Requests() - s.counted
	s.counted = s.client.Requests()
	return sent
}

// outcome is to be told: what it counts and warns of, no other will.
func (s *Session) outcome(ask Ask, status Status, err *zones.Error) Outcome {
	o := Outcome{Source: s.Source.Name, Stream: ask.Stream.Name, Account: s.Account, Door: s.Door, Status: status, Err: err}
	o.Since, o.Until = ask.Days()
	if status != Skipped {
		o.Requests = s.requests()
	}
	o.Warnings, s.found = s.found, nil
	return o
}

// fault is a failure as the journal keeps it.
func (s *Session) fault(ask Ask, err error) *zones.Error {
	return describe(s.Source, s.Account, ask.Stream, s.Mask, err)
}

// Drop collects what is fetched for one ask. It lands whole when the fetch is done, or not at all.
type Drop struct {
	session *Session
	ask     Ask
	began   time.Time // when the service was asked
	url     string
	files   []*dropFile
	labels  map[string]string
	found   []zones.Error
	more    bool // some of the ask has landed before
}

// dropFile is a file that is being written.
type dropFile struct {
	*os.File
	name  string
	bytes int64
	pages int
}

// From says which call the drop is the answer of; its parameters are left out, since they may be secret.
func (d *Drop) From(endpoint string) { d.url = d.session.Mask.Text(endpoint) }

// Captured overrides when the service said it, where it says so itself.
func (d *Drop) Captured(at time.Time) { d.began = at.UTC() }

// Label keeps what neither the answer nor its name can say.
func (d *Drop) Label(name, value string) {
	if d.labels == nil {
		d.labels = map[string]string{}
	}
	d.labels[name] = value
}

// Warn tells of something that is odd, and is no reason to keep the drop back.
func (d *Drop) Warn(code, format string, args ...any) {
	d.found = append(d.found, zones.Error{
		Code: code, Severity: "warn", Source: d.session.Source.Name, Stream: d.ask.Stream.Name, Account: d.session.Account,
		What: d.session.Mask.Text(fmt.Sprintf(format, args...)), Recovered: true, Next: "bedrot sources " + d.session.Source.Name,
	})
}

// Page adds an answer to a file of the drop, as one line of JSON; the file is begun where it is not there.
func (d *Drop) Page(name string, answer json.RawMessage) error {
	var line bytes.Buffer
	if err := json.Compact(&line, answer); err != nil {
		return api.Shape("JSON", "%v", err)
	}
	line.WriteByte('\n')
	return d.write(name, line.Bytes())
}

// Take adds a file that was downloaded, byte for byte.
func (d *Drop) Take(got *browser.Download) error {
	content, err := os.ReadFile(got.Path)
	if err != nil {
		return err
	}
	return d.File(got.Name, content)
}

// File adds a file to the drop, byte for byte.
func (d *Drop) File(name string, content []byte) error { return d.write(name, content) }

func (d *Drop) write(name string, content []byte) error {
	if d.session.Mask.Holds(string(content)) {
		return &zones.Error{Code: "answer_shape", What: "the answer repeats a secret, and was not kept", Next: "report it: a source must leave secrets out of what it lands"}
	}
	file, err := d.file(name)
	if err != nil {
		return err
	}
	n, err := file.Write(content)
	file.bytes += int64(n)
	file.pages++
	return err
}

// Mark remembers how far a file is. What it returns takes back whatever was added since: it will be asked
// for in another way.
func (d *Drop) Mark(name string) (back func() error) {
	was := dropFile{}
	if file := d.known(name); file != nil {
		was = *file
	}
	return func() error {
		file := d.known(name)
		switch {
		case file == nil:
			return nil
		case was.File == nil:
			d.files = slices.DeleteFunc(d.files, func(f *dropFile) bool { return f == file })
			return file.discard()
		}
		*file = was
		_, err := file.Seek(was.bytes, io.SeekStart)
		return errors.Join(err, file.Truncate(was.bytes))
	}
}

func (d *Drop) known(name string) *dropFile {
	for _, file := range d.files {
		if file.name == name {
			return file
		}
	}
	return nil
}

func (d *Drop) file(name string) (*dropFile, error) {
	if known := d.known(name); known != nil {
		return known, nil
	}
	dir, err := os.MkdirTemp(d.session.scratch, "fetch-")
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(dir, "file"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	d.files = append(d.files, &dropFile{File: file, name: name})
	return d.files[len(d.files)-1], nil
}

func (d *Drop) commit(ctx context.Context) error {
	s := d.session
	if len(d.files) == 0 && d.more {
		return nil
	}
	if len(d.files) == 0 {
		// Nothing is there, such as no bulk file that is new: there is nothing to land, and no failure.
		o := s.outcome(d.ask, Nothing, nil)
		o.Warnings = append(o.Warnings, d.found...)
		s.tell(o)
		return nil
	}
	var delivery zones.Delivery
	for _, file := range d.files {
		if err := file.Close(); err != nil {
			return err
		}
		delivery.Paths, delivery.Names = append(delivery.Paths, file.Name()), append(delivery.Names, file.name)
	}
	delivery.Drop = zones.Drop{
		Source: s.Source.Name, Stream: d.ask.Stream.Name, Account: s.Account, AsOf: d.began, AsOfFrom: "answer", URL: d.url, Labels: d.labels, Origin: originExtract,
	}
	delivery.Since, delivery.Until = d.ask.Days()
	landed, err := s.land(ctx, delivery)
	if err != nil {
		return err
	}
	o := s.outcome(d.ask, Landed, nil)
	o.Drop, o.Warnings = landed.Drop.ID, append(o.Warnings, d.found...)
	for _, file := range d.files {
		o.Bytes, o.Pages = o.Bytes+file.bytes, o.Pages+file.pages
	}
	if landed.Known {
		o.Status = Known
	}
	s.tell(o)
	return nil
}

// Next lands what is collected and begins another drop of the same ask: for services whose answers are
// files with times of their own.
func (d *Drop) Next(ctx context.Context) error {
	if err := errors.Join(d.commit(ctx), d.discard()); err != nil {
		return err
	}
	*d = Drop{session: d.session, ask: d.ask, began: d.session.Now().UTC(), url: d.url, more: true}
	return nil
}

// discard leaves nothing behind.
func (d *Drop) discard() error {
	var all error
	for _, file := range d.files {
		all = errors.Join(all, file.discard())
	}
	return all
}

func (f *dropFile) discard() error {
	_ = f.Close() // landed already, or not wanted
	return os.RemoveAll(filepath.Dir(f.Name()))
}
