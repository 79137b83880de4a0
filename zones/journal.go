package zones

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Event is one line of the audit journal. A kind uses the fields that concern it; the views of meta
// are made of these lines.
type Event struct {
	Kind string    `json:"kind"` // run, fetch, step, drop, table, check, reject, storage or error
	Run  string    `json:"run"`
	At   time.Time `json:"at"`

	Command string `json:"command,omitempty"`
	Status  string `json:"status,omitempty"` // run: done, partly, login, blocked, failed, interrupted, killed; fetch: landed, known, nothing, skipped, failed
	Exit    *int   `json:"exit,omitempty"`
	Version string `json:"version,omitempty"` // the version a run published
	RunDate string `json:"run_date,omitempty"`
	Env     string `json:"env,omitempty"`

	Step    string `json:"step,omitempty"`
	Source  string `json:"source,omitempty"`
	Stream  string `json:"stream,omitempty"`
	Account string `json:"account,omitempty"`
	Table   string `json:"table,omitempty"`
	Drop    string `json:"drop,omitempty"`
	File    string `json:"file,omitempty"`
	Line    int64  `json:"line,omitempty"`

	// What was asked of a source, and by which door; Since and Until are days.
	Door     string `json:"door,omitempty"`
	Since    string `json:"since,omitempty"`
	Until    string `json:"until,omitempty"`
	Requests *int64 `json:"requests,omitempty"`

	StartedAt  *time.Time `json:"started_at,omitempty"`
	DurationMS int64      `json:"duration_ms,omitempty"`
	RowsIn     *int64     `json:"rows_in,omitempty"`
	RowsOut    *int64     `json:"rows_out,omitempty"`
	BytesIn    *int64     `json:"bytes_in,omitempty"`
	BytesOut   *int64     `json:"bytes_out,omitempty"`
	Rejects    *int64     `json:"rejects,omitempty"`

	// A drop's identity: records = accepted + rejected, accepted = winning + superseded + unchanged + held.
	Records    *int64 `json:"records,omitempty"`
	Accepted   *int64 `json:"accepted,omitempty"`
	Winning    *int64 `json:"winning,omitempty"`
	Superseded *int64 `json:"superseded,omitempty"`
	Unchanged  *int64 `json:"unchanged,omitempty"`
	Held       *int64 `json:"held,omitempty"`
	// Money is decimal text; DuckDB reads it as such.
	MoneyIn       string `json:"money_in,omitempty"`
	MoneyAccepted string `json:"money_accepted,omitempty"`
	MoneyRejected string `json:"money_rejected,omitempty"`

	Check    string `json:"check,omitempty"`
	Severity string `json:"severity,omitempty"`
	Value    string `json:"value,omitempty"`
	Limit    string `json:"limit,omitempty"`

	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	Next    string `json:"next,omitempty"`

	// An error's own, see Error.
	ID        string   `json:"id,omitempty"`
	Class     string   `json:"class,omitempty"`
	Columns   []string `json:"columns,omitempty"`
	Rule      string   `json:"rule,omitempty"`
	Endpoint  string   `json:"endpoint,omitempty"`
	Attempt   int      `json:"attempt,omitempty"`
	Attempts  int      `json:"attempts,omitempty"`
	Expected  string   `json:"expected,omitempty"`
	Found     string   `json:"found,omitempty"`
	Recovered *bool    `json:"recovered,omitempty"`

	PartitionsBuilt *int64 `json:"partitions_built,omitempty"`
	PartitionsKept  *int64 `json:"partitions_kept,omitempty"`
	Why             string `json:"why,omitempty"`

	PeakMemory *int64 `json:"peak_memory_bytes,omitempty"`
	Spill      *int64 `json:"spill_bytes,omitempty"`
	Zone       string `json:"zone,omitempty"`
	Files      *int64 `json:"files,omitempty"`
	Bytes      *int64 `json:"bytes,omitempty"`
	FreeDisk   *int64 `json:"free_disk_bytes,omitempty"`
}

// Journal collects a run's events in its scratch folder; Close gives the file its name below audit/,
// where it is read from. The journal of a killed run is rescued by the next writer.
type Journal struct {
	w    *Writer
	run  string
	path string
	now  func() time.Time

	mu   sync.Mutex
	file *os.File
	buf  *bufio.Writer
	err  error
}

// Journal opens the journal of a run.
func (w *Writer) Journal(run string, now func() time.Time) (*Journal, error) {
	path := filepath.Join(w.Scratch.Dir, run+".ndjson")
	if err := w.Files.before("create", path); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return nil, err
	}
	return &Journal{w: w, run: run, path: path, now: now, file: file, buf: bufio.NewWriter(file)}, nil
}

// Run is the journal's run.
func (j *Journal) Run() string { return j.run }

// Add appends an event; its run and time are filled in. An error is kept for Close.
func (j *Journal) Add(event Event) {
	event.Run, event.At = j.run, j.now().UTC().Truncate(time.Millisecond)
	line, err := json.Marshal(event)
	j.mu.Lock()
	defer j.mu.Unlock()
	if err == nil {
		_, err = j.buf.Write(append(line, '\n'))
	}
	if err == nil && event.Kind != "reject" {
		err = j.buf.Flush()
	}
	j.err = errors.Join(j.err, err)
}

// AddError appends an error's record and returns it completed.
func (j *Journal) AddError(e *Error) Error {
	r := e.Record(j.run, j.now())
	j.Add(Event{
		Kind: "error", ID: r.ID, Code: r.Code, Class: r.Class, Severity: r.Severity, Source: r.Source, Stream: r.Stream,
		Account: r.Account, Step: r.Step, Table: r.Table, Columns: r.Columns, Rule: r.Rule, Endpoint: r.Endpoint,
		Attempt: r.Attempt, Attempts: r.Attempts, Drop: r.Drop, Version: r.Version, File: r.Where, Message: r.What,
		Expected: r.Expected, Found: r.Found, Next: r.Next, Recovered: &r.Recovered,
	})
	return r
}

// Close makes the journal durable and public.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	err := errors.Join(j.err, j.buf.Flush(), j.file.Close())
	if err != nil {
		return err
	}
	return j.w.publishJournal(j.path)
}

// Discard forgets the journal of a run that only tried.
func (j *Journal) Discard() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return errors.Join(j.file.Close(), j.w.Files.Remove(j.path))
}

func (w *Writer) publishJournal(path string) error {
	if _, err := w.Files.Seal(path); err != nil {
		return err
	}
	if err := w.Files.MkdirAll(w.Root, w.Path("audit")); err != nil {
		return err
	}
	if err := w.Files.Rename(path, w.Path("audit", filepath.Base(path))); err != nil {
		return err
	}
	return w.Files.SyncDir(w.Path("audit"))
}

var journalPattern = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]{6}\.ndjson$`)

// rescueJournals completes the journal of a killed run: its whole lines, then one that says so.
func (w *Writer) rescueJournals(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !journalPattern.MatchString(entry.Name()) {
			continue
		}
		if err := w.rescueJournal(filepath.Join(dir, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

func (w *Writer) rescueJournal(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	whole := data[:strings.LastIndexByte(string(data), '\n')+1]
	if !strings.Contains(string(whole), `"status":"`) {
		run := strings.TrimSuffix(filepath.Base(path), ".ndjson")
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		line, err := json.Marshal(Event{Kind: "run", Run: run, At: info.ModTime().UTC(), Status: "killed"})
		if err != nil {
			return err
		}
		whole = append(whole, append(line, '\n')...)
	}
	rescued := filepath.Join(filepath.Dir(path), "rescued-"+filepath.Base(path))
	if err := w.Files.Remove(rescued); err != nil {
		return err
	}
	if err := w.Files.WriteFile(rescued, whole); err != nil {
		return err
	}
	if err := w.Files.MkdirAll(w.Root, w.Path("audit")); err != nil {
		return err
	}
	if err := w.Files.Rename(rescued, w.Path("audit", filepath.Base(path))); err != nil {
		return err
	}
	return w.Files.SyncDir(w.Path("audit"))
}

// RunEnd is how a run ended.
type RunEnd struct {
	Run     string    `json:"run"`
	Command string    `json:"command"`
	Status  string    `json:"status"` // running, when its journal has no end
	EndedAt time.Time `json:"ended_at"`
	Version string    `json:"version,omitempty"`
}

// Good reports whether the run published what it should have, or had nothing to publish.
func (r RunEnd) Good() bool { return r.Status == "done" || r.Status == "login" }

// LastRun is the newest run of some commands, and the newest one that was good; nil where there is none.
// It reads the first and last line of journals from the newest back, and stops there.
func (l *Lake) LastRun(commands ...string) (last, good *RunEnd, err error) {
	paths, err := l.Journals()
	if err != nil {
		return nil, nil, err
	}
	for _, path := range slices.Backward(paths) {
		end, err := readRunEnd(path)
		if err != nil {
			return nil, nil, err
		}
		if !slices.Contains(commands, end.Command) {
			continue
		}
		if last == nil {
			last = &end
		}
		if end.Good() {
			return last, &end, nil
		}
	}
	return last, nil, nil
}

// endBytes are more than a run's last line has.
const endBytes = 64 << 10

func readRunEnd(path string) (RunEnd, error) {
	file, err := os.Open(path)
	if err != nil {
		return RunEnd{}, err
	}
	defer func() { _ = file.Close() }()
	head, err := bufio.NewReader(file).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return RunEnd{}, err
	}
	info, err := file.Stat()
	if err != nil {
		return RunEnd{}, err
	}
	tail := make([]byte, min(endBytes, info.Size()))
	if _, err := file.ReadAt(tail, info.Size()-int64(len(tail))); err != nil {
		return RunEnd{}, err
	}
	tail = bytes.TrimRight(tail, "\n")
	tail = tail[bytes.LastIndexByte(tail, '\n')+1:]
	var first, last Event
	if len(head) > 0 && len(tail) > 0 {
		if err := errors.Join(json.Unmarshal(head, &first), json.Unmarshal(tail, &last)); err != nil {
			return RunEnd{}, fmt.Errorf("read %s: %w", path, err)
		}
	}
	return RunEnd{
		Run: strings.TrimSuffix(filepath.Base(path), ".ndjson"), Command: first.Command,
		Status: cmp.Or(last.Status, "running"), EndedAt: last.At, Version: last.Version,
	}, nil
}

// LastFailures are the accounts and streams of which the last run of a command told an error that kept
// something back; found is false when there is no such run, whole when it failed as a whole, or in nothing
// but handing on what it published.
func (l *Lake) LastFailures(commands ...string) (failed []Pattern, whole, found bool, err error) {
	paths, err := l.Journals()
	if err != nil {
		return nil, false, false, err
	}
	for _, path := range slices.Backward(paths) {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, false, false, err
		}
		command, status, delivered := "", "", true
		failed = nil
		for line := range strings.Lines(string(data)) {
			var event Event
			if err := json.Unmarshal([]byte(line), &event); err != nil {
				return nil, false, false, fmt.Errorf("read %s: %w", path, err)
			}
			switch {
			case event.Kind == "run":
				command, status = cmp.Or(command, event.Command), cmp.Or(event.Status, status)
			case event.Kind == "error" && event.Step == "export" && event.Recovered != nil && !*event.Recovered:
				delivered = false
			case event.Kind == "error" && event.Source != "" && event.Recovered != nil && !*event.Recovered:
				if p := (Pattern{event.Source, event.Stream, event.Account}); !slices.Contains(failed, p) {
					failed = append(failed, p)
				}
			}
		}
		if slices.Contains(commands, command) {
			whole := status == "failed" || status == "killed" || status == "interrupted" || !delivered && len(failed) == 0
			return failed, whole, true, nil
		}
	}
	return nil, false, false, nil
}

// Journals lists the journal files, oldest first.
func (l *Lake) Journals() ([]string, error) {
	entries, err := os.ReadDir(l.Path("audit"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var paths []string
	for _, entry := range entries {
		if journalPattern.MatchString(entry.Name()) {
			paths = append(paths, l.Path("audit", entry.Name()))
		}
	}
	slices.Sort(paths)
	return paths, err
}
