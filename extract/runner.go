package extract

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"bedrot/extract/api"
	"bedrot/extract/browser"
	"bedrot/zones"
)

// Status is what became of an ask.
type Status string

const (
	Landed  Status = "landed"
	Known   Status = "known"   // the very bytes were there already
	Nothing Status = "nothing" // the service has nothing new
	Planned Status = "planned" // a dry run
	Skipped Status = "skipped" // not asked, because something before it failed
	Failed  Status = "failed"
)

// Outcome is what became of one ask: of an account's stream, as it is or over days.
type Outcome struct {
	Source   string        `json:"source"`
	Stream   string        `json:"stream"`
	Account  string        `json:"account"`
	Door     Door          `json:"door"`
	Status   Status        `json:"status"`
	Since    string        `json:"since,omitempty"`
	Until    string        `json:"until,omitempty"`
	Drop     string        `json:"drop,omitempty"`
	Pages    int           `json:"pages,omitempty"`
	Bytes    int64         `json:"bytes,omitempty"`
	Requests int64         `json:"requests,omitempty"`
	At       time.Time     `json:"at,omitzero"`
	Err      *zones.Error  `json:"error,omitempty"`
	Warnings []zones.Error `json:"warnings,omitempty"`
}

// Runner fetches for all accounts of all sources what is due. Sources are asked side by side, the accounts
// of one source one after the other; nothing that fails in one stops another.
type Runner struct {
	Lake     *zones.Writer
	Sources  []Source
	Values   Values
	Select   zones.Selection
	Backfill Backfill
	// Again asks for what was asked a short while ago, too.
	Again bool
	// DryRun says what would be asked, and asks nothing.
	DryRun bool
	Run    string
	Log    *slog.Logger
	Now    func() time.Time
	Wait   func(context.Context, time.Duration) error
	// Limit is how long one source may take; 0 is what lake.toml says.
	Limit time.Duration
	// Transport is where calls go; nil is the network.
	Transport http.RoundTripper
	// Record, when set, is a folder that calls and answers are written to, without secrets.
	Record string
	Tokens Tokens
	// Browser says where Chromium is; Chromium is one that runs already, and stays.
	Browser  browser.Options
	Chromium *browser.Engine
	// Tell is told each outcome as it comes, one at a time.
	Tell func(Outcome)

	mu       sync.Mutex // landing and telling
	outcomes []Outcome
	mask     *api.Mask
	browsers *browsers
}

// Fetch fetches what is due. It returns what became of every ask, in the order of source, account and
// stream; an error is the end of ctx, or a lake that cannot be written.
func (r *Runner) Fetch(ctx context.Context) ([]Outcome, error) {
	r.mask = &api.Mask{}
	if err := CheckSettings(r.Lake.Config, r.Sources); err != nil {
		return nil, err
	}
	defer r.browse()()
	slots := make(chan struct{}, max(1, r.Lake.Config.Extract.Parallel))
	var all sync.WaitGroup
	errs := make([]error, len(r.Sources))
	for i, source := range r.Sources {
		if source.Extract == nil {
			continue
		}
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			errs[i] = r.source(ctx, source)
		})
	}
	all.Wait()
	slices.SortStableFunc(r.outcomes, func(a, b Outcome) int {
		return cmp.Or(strings.Compare(a.Source, b.Source), strings.Compare(a.Account, b.Account), strings.Compare(a.Stream, b.Stream))
	})
	r.forgive()
	if ctx.Err() != nil {
		return r.outcomes, ctx.Err()
	}
	return r.outcomes, errors.Join(errs...)
}

// browse has a Chromium ready for whoever needs one, and says how to end it.
func (r *Runner) browse() func() {
	o := r.Browser
	if r.Lake != nil {
		o.Scratch = r.Lake.Scratch.Dir
	}
	r.browsers = &browsers{options: o, engine: r.Chromium}
	return func() {
		if r.Chromium != nil {
			return
		}
		if err := r.browsers.close(); err != nil {
			r.Log.Warn("the browser did not end well", "error", r.mask.Text(err.Error()))
		}
	}
}

// forgive turns the failure of a door into a warning where another door brought the same.
func (r *Runner) forgive() {
	name := func(o Outcome) [5]string { return [5]string{o.Source, o.Stream, o.Account, o.Since, o.Until} }
	brought := map[[5]string]bool{}
	for _, o := range r.outcomes {
		if o.Status == Landed || o.Status == Known {
			brought[name(o)] = true
		}
	}
	for _, o := range r.outcomes {
		if o.Err != nil && brought[name(o)] {
			o.Err.Severity, o.Err.Recovered = "warn", true
		}
	}
}

func (r *Runner) tell(o Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o.At = r.Now().UTC()
	r.outcomes = append(r.outcomes, o)
	if r.Tell != nil {
		r.Tell(o)
	}
}

func (r *Runner) land(ctx context.Context, delivery zones.Delivery) (zones.Landed, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delivery.Run = r.Run
	return r.Lake.Land(ctx, delivery, r.Now())
}

// source asks one source for all of its accounts, within its time.
func (r *Runner) source(ctx context.Context, source Source) error {
	limit := cmp.Or(r.Limit, time.Duration(r.Lake.Config.Extract.Minutes)*time.Minute)
	limited, cancel := context.WithTimeoutCause(ctx, limit, errTime)
	defer cancel()
	gate := api.NewGate(source.API.Policy)
	for _, account := range r.Lake.Config.AccountsOf(source.Name) {
		if err := r.account(limited, source, account, gate); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return nil // Fetch says so, once
		}
	}
	return nil
}

var errTime = errors.New("the source's time is over")

// account tries a source's doors for one account, each for what the doors before it did not bring.
func (r *Runner) account(ctx context.Context, source Source, account string, gate *api.Gate) error {
	asks, err := r.asks(source, account)
	if err != nil || len(asks) == 0 {
		return err
	}
	configured := source.Configured(r.Values, account, r.Tokens)
	if !configured.Some {
		return nil
	}
	if len(configured.Missing) > 0 {
		r.tell(Outcome{Source: source.Name, Account: account, Status: Failed, Err: missing(source, account, configured.Missing)})
		return nil
	}
	if r.DryRun {
		for _, ask := range asks {
			o := Outcome{Source: source.Name, Stream: ask.Stream.Name, Account: account, Door: ask.Stream.Fetch.Doors[0], Status: Planned}
			o.Since, o.Until = ask.Days()
			r.tell(o)
		}
		return nil
	}
	for _, door := range []Door{ByAPI, ByBrowser} {
		through := slices.DeleteFunc(slices.Clone(asks), func(a Ask) bool { return !slices.Contains(a.Stream.Fetch.Doors, door) })
		if len(through) == 0 {
			continue
		}
		s := r.session(source, account, door, gate, through)
		done := r.through(ctx, s)
		asks = slices.DeleteFunc(asks, func(a Ask) bool { return done[key(a)] })
	}
	return nil
}

func key(a Ask) string {
	since, until := a.Days()
	return a.Stream.Name + " " + since + " " + until
}

// asks are what is due of an account.
func (r *Runner) asks(source Source, account string) ([]Ask, error) {
	except, err := zones.ParseSelection(nil, r.Lake.Config.Extract.Except)
	if err != nil {
		return nil, err
	}
	var asks []Ask
	for _, stream := range source.Streams {
		if stream.Fetch == nil || !r.Select.Has(source.Name, stream.Name, account) || !except.Has(source.Name, stream.Name, account) {
			continue
		}
		have, err := coverage(r.Lake.Lake, source.Name, account, stream, r.Now())
		if err != nil {
			return nil, err
		}
		for _, ask := range plan(stream, have, r.Now(), r.Backfill, r.Again) {
			if len(have) > 0 {
				ask.Newest, ask.NewestDay = have[0].at, have[0].last
			}
			asks = append(asks, ask)
		}
	}
	return asks, nil
}

func (r *Runner) session(source Source, account string, door Door, gate *api.Gate, asks []Ask) *Session {
	for _, setting := range source.Settings {
		if value, found := r.Values.lookup(setting, account); found && setting.Secret {
			r.mask.Add(value)
		}
	}
	log := r.mask.Log(r.Log).With("source", source.Name, "account", account)
	transport := r.Transport
	if transport == nil {
		transport = api.DefaultTransport()
	}
	if r.Record != "" {
		transport = &api.Recorder{Dir: fmt.Sprintf("%s/%s-%s", r.Record, source.Name, account), Next: transport, Mask: r.mask, Private: source.API.Private}
	}
	scratch, evidence := "", ""
	var lake *zones.Lake
	if r.Lake != nil {
		lake = r.Lake.Lake
		scratch, evidence = r.Lake.Scratch.Dir, r.Lake.Path("audit", "evidence", r.Run)
	}
	return &Session{
		Source: source, Account: account, Door: door, Log: log, Mask: r.mask, Now: r.Now, Wait: r.wait(), values: r.Values, gate: gate, asks: asks,
		options: api.Options{Transport: transport, Mask: r.mask, Log: log, Now: r.Now, Wait: r.wait()},
		land:    r.land, scratch: scratch, tell: r.tell, tokens: r.Tokens, browsers: r.browsers, evidence: evidence, lake: lake,
	}
}

func (r *Runner) wait() func(context.Context, time.Duration) error {
	if r.Wait == nil {
		return api.Sleep
	}
	return r.Wait
}

// through goes through one door, and says which asks are done with: those that landed, or that another
// door would not bring either.
func (r *Runner) through(ctx context.Context, s *Session) map[string]bool {
	done := map[string]bool{}
	told := map[string]bool{}
	defer s.leave()
	inner := s.tell
	s.tell = func(o Outcome) {
		name := o.Stream + " " + o.Since + " " + o.Until
		told[name] = true
		if o.Err == nil && o.Status != Skipped {
			done[name] = true
		}
		if o.Err != nil {
			s.byHand(o.Err)
		}
		inner(o)
	}
	err := s.extract(ctx)
	if err == nil || errors.Is(err, errTold) {
		return done
	}
	if errors.Is(context.Cause(ctx), errTime) {
		err = &zones.Error{
			Code: "fetch_timeout", What: fmt.Sprintf("took longer than %d minutes; what had arrived by then is landed, the rest is asked for next time", r.Lake.Config.Extract.Minutes),
			Next: fmt.Sprintf("bedrot extract --only %s:%s, or more [extract] minutes in lake.toml", s.Source.Name, s.Account),
		}
	} else if ctx.Err() != nil {
		return done
	}
	first := true
	for _, ask := range s.asks {
		switch {
		case told[key(ask)]:
		case first:
			s.tell(s.outcome(ask, Failed, s.fault(ask, err)))
			first = false
		default:
			s.tell(s.outcome(ask, Skipped, nil))
		}
	}
	return done
}

// extract runs the source's own code; a panic in it is that source's failure and no other's.
func (s *Session) extract(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.Log.Error("panic", "what", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("bedrot's own mistake in %s: %v", s.Source.Name, p)
		}
	}()
	return s.Source.Extract(ctx, s)
}

// byHand adds to a failure that people can bring the stream, too.
func (s *Session) byHand(e *zones.Error) {
	for _, stream := range s.Source.Streams {
		if stream.Name == e.Stream && stream.Fetch != nil && slices.Contains(stream.Fetch.Doors, ByInbox) && e.Class != "authentication" && !strings.Contains(e.Next, "inbox") {
			e.Next = strings.TrimSuffix(e.Next, ".") + fmt.Sprintf("; or bring %s by hand into inbox/%s/: bedrot sources %s says how", s.Source.Name+"/"+stream.Name, s.Account, s.Source.Name)
		}
	}
}

func missing(source Source, account string, names []string) *zones.Error {
	return &zones.Error{
		Code: "setting_missing", Source: source.Name, Account: account, Where: source.Name + ":" + account,
		What: fmt.Sprintf("%s is not set, and others of the source are", strings.Join(names, ", ")),
		Next: "put it into .env beside lake.toml; bedrot sources " + source.Name + " says what each setting is",
	}
}

// Event is the outcome as the journal keeps it.
func (o Outcome) Event() zones.Event {
	e := zones.Event{
		Kind: "fetch", At: o.At, Source: o.Source, Stream: o.Stream, Account: o.Account, Door: string(o.Door), Status: string(o.Status),
		Since: o.Since, Until: o.Until, Drop: o.Drop, Requests: &o.Requests, BytesIn: &o.Bytes,
	}
	if o.Err != nil {
		e.Code, e.Message, e.Next = o.Err.Code, o.Err.What, o.Err.Next
	}
	return e
}

// Found is what the journal and the exit code are to know of it: the failure, and whatever was odd.
func (o Outcome) Found() []zones.Error {
	found := o.Warnings
	if o.Err != nil {
		found = append(found, *o.Err)
	}
	return found
}
