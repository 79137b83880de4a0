// Package extract is where the flow begins: it says what a source is, and holds one value for each
// of them. A source describes the streams it has, fetches them where it has a door that a program can
// use, and can write invented deliveries that are true to its formats. It knows neither the lake's zones
// below landing nor any SQL.
package extract

import (
	"context"
	"iter"
	"time"

	"bedrot/extract/api"
	"bedrot/extract/browser"
)

// Source is one service the label takes data from. There will be many, so it is a value that
// describes itself: adding one is a file source_<name>.go and a line in Sources.
type Source struct {
	// Name is the folder under sql/ and landing/.
	Name string
	// Title is the service's own name, as people write it.
	Title string
	// Doc says in a sentence what the source knows and how it is obtained.
	Doc     string
	Streams []Stream
	// Settings are what fetching needs to know; see Setting.
	Settings []Setting
	// API is the service's, where it has one.
	API API
	// Site is the service's website, where streams come by the browser.
	Site *browser.Site
	// Extract fetches, for one account, what Session.Each hands it; nil where only people can fetch.
	Extract func(ctx context.Context, s *Session) error
	// Probe makes one cheap call that proves the settings; what it returns beside an error is a hint
	// about what works but will not for long.
	Probe func(ctx context.Context, s *Session) (hint string, err error)
	// Login leads a person through a login and keeps what it gives in s.Tokens; nil where a setting is all
	// it takes. It says what to do by say, and waits no longer than ctx.
	Login func(ctx context.Context, s *Session, say func(format string, args ...any)) error
	// Demo yields invented deliveries, night by night and in order of capture; nil when there are none.
	Demo func(DemoConfig) iter.Seq[Delivery]
}

// API is a service's programming interface as far as it is not one call's business.
type API struct {
	// Version is the one that is spoken, Ends the day its service ends; zero when it says none.
	Version string
	Ends    time.Time
	Policy  api.Policy
	// Private are keys of its answers whose values name people; recordings leave them out.
	Private []string
}

// String says which version is spoken and when it ends; empty when there is none.
func (a API) String() string {
	if a.Version == "" || a.Ends.IsZero() {
		return a.Version
	}
	return a.Version + ", which ends on " + a.Ends.Format(time.DateOnly)
}

// Setting is something a source needs to know that is not the same for everybody.
type Setting struct {
	// Name is that of the environment variable. NAME_ACCOUNT, in capitals and with _ for whatever is
	// neither letter nor digit, is the same for one account only, and wins.
	Name string
	Doc  string
	// Required settings must be there for a door to open; a source none of whose required settings are
	// there is not configured, and left alone.
	Required bool
	// Credential settings are those a login form needs; where all of them are there, no person must log in.
	Credential bool
	// Secret settings come from the environment or .env, never from lake.toml, and are never said.
	Secret bool
	// Default is in force where nobody says anything.
	Default string
}

// Door is a way by which a stream can come.
type Door string

// The doors, in the order in which they are tried where a stream does not say otherwise.
const (
	ByAPI     Door = "api"
	ByBrowser Door = "browser"
	ByInbox   Door = "inbox"
)

// Fetch is how a stream is fetched by a program.
type Fetch struct {
	// Doors are those it can come by, best first; a door that fails for good gives way to the next.
	Doors []Door
	// Lag is how many days the newest figures are usually behind.
	Lag int
	// Every is how often it is worth asking; a younger answer counts as fresh. Zero is 16 hours, so that a night that began late makes the next one skip nothing.
	Every time.Duration
	// LookBack is for how many days figures change after their day; 0 for a stream that is a picture of
	// the moment, which has no window.
	LookBack int
	// History is how many days back the service answers.
	History int
	// Chunk is how many days are asked for at a time; 0 is as many as there are.
	Chunk int
}

// windowed streams tell of days; the others of now.
func (f *Fetch) windowed() bool { return f.LookBack > 0 }

func (f *Fetch) every() time.Duration {
	if f.Every == 0 {
		return 16 * time.Hour
	}
	return f.Every
}

// Stream is one kind of file or answer of a source; it lands in a folder of its own and has a raw
// script of the same name.
type Stream struct {
	Name string
	Doc  string
	// Cadence says how often it is worth fetching; Lag how far its newest data is behind. Both are
	// for people: freshness is judged by the raw script's `fresh`.
	Cadence, Lag string
	// Fetch is how a program fetches it; nil when only people do.
	Fetch *Fetch
	// Manual streams are exported or edited by a person, step by step as Steps say.
	Manual bool
	Steps  []string
	// Limits are what the service does not give, Traps what its files have in store.
	Limits, Traps []string
}

// Doors are the ways by which the stream comes, best first.
func (s Stream) Doors() []string {
	if s.Fetch == nil {
		return []string{string(ByInbox)}
	}
	doors := make([]string, len(s.Fetch.Doors))
	for i, door := range s.Fetch.Doors {
		doors[i] = string(door)
	}
	return doors
}

// Sources lists every source, in the order in which people read about them.
func Sources() []Source {
	return []Source{
		distrokid(), toolost(), statement(), spotify(), youtube(), metaads(), tiktok(), instagram(), linktree(), mailchimp(), names(),
	}
}
