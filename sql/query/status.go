package query

import (
	"context"
	"slices"
	"strings"
	"time"

	"bedrot/sql/script"
	"bedrot/zones"
)

// Status is how the lake is: what each account last delivered, and what waits for a person.
type Status struct {
	Lake     string         `json:"lake"`
	Version  string         `json:"version"`
	Created  *time.Time     `json:"created,omitempty"`
	Holder   *zones.Holder  `json:"running,omitempty"`
	Streams  []StreamStatus `json:"streams"`
	Held     []HeldDrop     `json:"held"`
	Stale    []StaleTable   `json:"stale"`
	Inbox    []Waiting      `json:"inbox"`
	LastRun  *RunStatus     `json:"last_run,omitempty"`
	FreeDisk int64          `json:"free_disk_bytes,omitempty"`
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

// RunStatus is the last run's end.
type RunStatus struct {
	Run     string `json:"run"`
	Status  string `json:"status"`
	EndedAt string `json:"ended_at"`
}

// ReadStatus reads the lake's state off its manifests. Now decides what is late.
func (s *Session) ReadStatus(ctx context.Context, catalog *script.Catalog, now time.Time) (Status, error) {
	status := Status{Lake: s.Lake.Root}
	if s.Version == nil {
		return status, s.lastRun(ctx, &status)
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
			return status, err
		}
		status.addRaw(manifest, catalog.Script(name), now)
	}
	return status, s.lastRun(ctx, &status)
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
		if drop.Outcome == "held" {
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

func (s *Session) lastRun(ctx context.Context, status *Status) error {
	if err := s.Need(ctx, "meta.runs"); err != nil {
		return err
	}
	return s.DB.Scan(ctx, "select run, status, coalesce(ended_at, started_at)::varchar from meta.runs where command in ('run', 'build', 'demo') or command is null order by run desc limit 1", func(scan func(...any) error) error {
		status.LastRun = &RunStatus{}
		return scan(&status.LastRun.Run, &status.LastRun.Status, &status.LastRun.EndedAt)
	})
}
