package query

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bedrot/sql/script"
	"bedrot/zones"
)

// Status is how the lake is: what each account last delivered, and what waits for a person.
type Status struct {
	Lake     string           `json:"lake"`
	Version  string           `json:"version"`
	Created  *time.Time       `json:"created,omitempty"`
	Holder   *zones.Holder    `json:"running,omitempty"`
	Streams  []StreamStatus   `json:"streams"`
	Held     []HeldDrop       `json:"held"`
	Stale    []StaleTable     `json:"stale"`
	Inbox    []Waiting        `json:"inbox"`
	LastRun  *zones.RunEnd    `json:"last_run,omitempty"`
	LastGood *zones.RunEnd    `json:"last_good_run,omitempty"`
	Pinned   *zones.Pin       `json:"pinned,omitempty"`
	Storage  []zones.ZoneSize `json:"storage,omitempty"`
	FreeDisk *int64           `json:"free_disk_bytes,omitempty"`
	// Problems are what somebody should look at, worst first: empty is healthy.
	Problems []zones.Error `json:"problems"`
}

// StreamStatus is one account's stream, judged by its newest data, never by file times.
type StreamStatus struct {
	Source     string    `json:"source"`
	Stream     string    `json:"stream"`
	Account    string    `json:"account"`
	Drops      int       `json:"drops"`
	LastAsOf   time.Time `json:"last_captured_at"`
	NewestData string    `json:"newest_data"` // a day or a month
	LagDays    int       `json:"usual_lag_days"`
	Late       bool      `json:"late"`
	Rejected   int64     `json:"rejected_rows"`
	Held       int       `json:"held_drops"`
	// LastGood is when a drop of it was last landed and accepted.
	LastGood time.Time `json:"last_accepted_at,omitzero"`

	accepted string // the newest accepted drop
}

// HeldDrop waits for a verdict.
type HeldDrop struct {
	ID     string `json:"id"`
	Where  string `json:"where"`
	Reason string `json:"reason"`
}

// StaleTable kept an earlier state.
type StaleTable struct {
	Table  string `json:"table"`
	Reason string `json:"reason"`
}

// Waiting is a file in the inbox that no run could place, with why.
type Waiting struct {
	File   string `json:"file"`
	Reason string `json:"reason"`
}

// ReadStatus reads the lake's state off its manifests and the ends of journals. Now decides what is late;
// waiting are the inbox's files that belong nowhere.
func (s *Session) ReadStatus(catalog *script.Catalog, waiting []Waiting, now time.Time) (status Status, err error) {
	status = Status{Lake: s.Lake.Root, Inbox: waiting, FreeDisk: zones.FreeDisk(s.Lake.Root), Holder: s.Lake.Running()}
	if status.LastRun, status.LastGood, err = s.Lake.LastRun("run", "build", "demo"); err != nil {
		return status, err
	}
	if status.Pinned, err = s.Lake.Pinned(); err != nil {
		return status, err
	}
	if s.Version != nil {
		if err := s.versionStatus(catalog, now, &status); err != nil {
			return status, err
		}
	}
	status.judge(s.Lake.Config.Health, now)
	return status, nil
}

func (s *Session) versionStatus(catalog *script.Catalog, now time.Time, status *Status) (err error) {
	if status.Storage, err = s.Version.Storage(); err != nil {
		return err
	}
	status.Version, status.Created = s.Version.Run, &s.Version.Created
	for _, name := range s.tables {
		if ref := s.Version.Tables[name]; ref.Stale != "" {
			status.Stale = append(status.Stale, StaleTable{name, ref.Stale})
		}
		if !strings.HasPrefix(name, "raw.") {
			continue
		}
		manifest, err := s.Version.Table(name)
		if err != nil {
			return err
		}
		status.addRaw(manifest, catalog.Script(name), now)
	}
	for i := range status.Streams {
		stream := &status.Streams[i]
		if stream.accepted == "" {
			continue
		}
		drop, err := s.Lake.ReadDrop(stream.Source, stream.Stream, stream.Account, stream.accepted)
		if err != nil {
			return err
		}
		stream.LastGood = drop.LandedAt
	}
	return nil
}

// judge finds what somebody should look at.
func (st *Status) judge(rules zones.Health, now time.Time) {
	st.Problems = []zones.Error{}
	problem := func(e zones.Error) { st.Problems = append(st.Problems, e.Record("", now)) }
	if st.Pinned != nil {
		problem(zones.Error{
			Code: "pinned", Where: "version " + st.Pinned.Version, Version: st.Pinned.Version,
			What: "somebody rolled back on " + st.Pinned.At.Format(time.DateOnly) + ": runs publish nothing", Next: "bedrot rollback --release",
		})
	}
	switch limit := time.Duration(rules.RunHours) * time.Hour; {
	case rules.RunHours == 0:
	case st.LastGood == nil && st.LastRun == nil:
		problem(zones.Error{Code: "run_late", What: "no run has ever ended", Where: st.Lake, Next: "bedrot run"})
	case st.LastGood == nil:
		problem(zones.Error{Code: "run_late", What: "no run has ever been good", Where: st.Lake, Run: st.LastRun.Run, Next: "bedrot run"})
	case now.Sub(st.LastGood.EndedAt) > limit:
		problem(zones.Error{
			Code: "run_late", What: "the last good run ended " + st.LastGood.EndedAt.Format(time.RFC3339), Where: st.Lake, Run: st.LastGood.Run,
			Expected: fmt.Sprintf("one in %d hours", rules.RunHours), Next: "bedrot run",
		})
	}
	if st.LastRun != nil && !st.LastRun.Good() && st.LastRun.Status != "running" {
		problem(zones.Error{
			Code: "run_failed", What: "the last run ended as " + st.LastRun.Status, Where: "audit/" + st.LastRun.Run + ".ndjson", Run: st.LastRun.Run,
			Next: "bedrot query \"from meta.errors where run = '" + st.LastRun.Run + "'\"",
		})
	}
	if st.LastRun != nil && st.LastRun.Status == "login" {
		problem(zones.Error{
			Code: "login_needed", What: "the last run could not log in somewhere; the rest is published", Where: "audit/" + st.LastRun.Run + ".ndjson", Run: st.LastRun.Run,
			Next: "bedrot query \"select source, account, message, next from meta.errors where run = '" + st.LastRun.Run + "' and code = 'login_needed'\"",
		})
	}
	for _, held := range st.Held {
		problem(zones.Error{Code: "drop_held", What: held.Reason, Where: held.Where, Drop: held.ID, Next: "bedrot drops accept " + held.ID + "   (or withdraw)"})
	}
	for _, stale := range st.Stale {
		problem(zones.Error{Code: "table_stale", What: stale.Reason, Where: stale.Table, Table: stale.Table, Next: "bedrot query \"from meta.checks\"   (once mended: bedrot run)"})
	}
	for _, s := range st.Streams {
		if s.Late {
			problem(zones.Error{
				Code: "data_late", Source: s.Source, Stream: s.Stream, Account: s.Account, Where: s.Source + "/" + s.Stream + ":" + s.Account,
				What: "the newest data is of " + s.NewestData, Expected: fmt.Sprintf("usually %d days behind", s.LagDays), Found: s.NewestData,
				Next: "bedrot sources " + s.Source + "   (says how to export it)",
			})
		}
	}
	for _, waiting := range st.Inbox {
		problem(zones.Error{Code: "inbox_waiting", What: waiting.Reason, Where: waiting.File, Next: "bedrot import --source NAME --stream NAME FILE"})
	}
	if limit := rules.FreeDiskBytes(); st.FreeDisk != nil && *st.FreeDisk < limit {
		problem(zones.Error{
			Code: "disk_low", What: fmt.Sprintf("%d MB are left", *st.FreeDisk/1_000_000), Where: st.Lake, Expected: rules.FreeDisk,
			Next: "bedrot prune   (or give the disk more room)",
		})
	}
}

func (st *Status) addRaw(manifest *zones.Table, made *script.Script, now time.Time) {
	source, stream, _ := strings.Cut(strings.TrimPrefix(manifest.Name, "raw."), "__")
	accounts := map[string]*StreamStatus{}
	var order []string
	for _, drop := range manifest.Drops {
		a := accounts[drop.Account]
		if a == nil {
			a = &StreamStatus{Source: source, Stream: stream, Account: drop.Account, LagDays: -1}
			if made != nil {
				a.LagDays = made.Header.Fresh
			}
			accounts[drop.Account], order = a, append(order, drop.Account)
		}
		a.Drops++
		a.Rejected += drop.Rejected
		if drop.AsOf.After(a.LastAsOf) {
			a.LastAsOf = drop.AsOf
		}
		if drop.Outcome == "accepted" && drop.ID > a.accepted {
			a.accepted = drop.ID
		}
		if drop.Outcome == "held" {
			a.Held++
			st.Held = append(st.Held, HeldDrop{drop.ID, source + "/" + stream + ":" + drop.Account, drop.Reason})
		}
	}
	at := newestColumn(manifest.Partition)
	for _, winner := range manifest.Winners {
		if a := accounts[winner.Values[0]]; at >= 0 && a != nil && winner.Rows > 0 {
			a.NewestData = max(a.NewestData, winner.Values[at])
		}
	}
	for _, account := range order {
		a := accounts[account]
		a.Late = late(a.NewestData, a.LagDays, now)
		st.Streams = append(st.Streams, *a)
	}
}

// newestColumn is the partition column that says how new the data is.
func newestColumn(partition []string) int {
	for _, name := range []string{"date", "captured_on", "reporting_month", "month"} {
		if i := slices.Index(partition, name); i >= 0 {
			return i
		}
	}
	return -1
}

// late reports whether data is older than its usual lag and a week of grace. A month counts until its
// last day.
func late(newest string, lag int, now time.Time) bool {
	if lag < 0 || newest == "" {
		return false
	}
	day, err := time.Parse(time.DateOnly, newest)
	if err != nil {
		month, err := time.Parse("2006-01", newest)
		if err != nil {
			return false
		}
		day = month.AddDate(0, 1, -1)
	}
	return now.Sub(day) > time.Duration(lag+7)*24*time.Hour
}
