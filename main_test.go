package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"bedrot/extract"
	"bedrot/extract/browser"
	"bedrot/sql"
	"bedrot/sql/script"
	"bedrot/zones"
)

// TestMain is bedrot itself when a test starts this binary again as a process that can be killed.
func TestMain(m *testing.M) {
	if os.Getenv("BEDROT_TEST_CHILD") != "" {
		os.Exit(child())
	}
	os.Exit(ownCache(func() int {
		defer endShared()
		return m.Run()
	}))
}

// ownCache keeps what these tests remember away from the user's; the browser's driver stays where it is.
func ownCache(run func() int) int {
	if driver, err := browser.DriverDir(); err == nil && os.Getenv("BEDROT_PLAYWRIGHT") == "" {
		_ = os.Setenv("BEDROT_PLAYWRIGHT", driver)
	}
	dir, err := os.MkdirTemp("", "bedrot-cache-")
	if err == nil {
		err = errors.Join(os.Setenv("XDG_CACHE_HOME", dir), os.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state")), os.Unsetenv("BEDROT_SESSIONS"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	defer stopPostgres()
	return run()
}

// child runs bedrot with the clock and the crash point that the environment names.
func child() int {
	if root := os.Getenv("BEDROT_TEST_FENCED"); root != "" {
		if err := childFenced(os.Stdin, os.Stdout, root); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 99
		}
		return 0
	}
	a := app{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now, confine: os.Getenv("BEDROT_TEST_CONFINE") != ""}
	if text := os.Getenv("BEDROT_TEST_NOW"); text != "" {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 99
		}
		a.now = func() time.Time { return at }
	}
	if at, err := strconv.Atoi(os.Getenv("BEDROT_TEST_KILL_AT")); err == nil {
		a.files.Fault = killAt(int64(at))
	}
	ctx, stop := interruptible()
	defer stop()
	catalog, err := sql.Load(ctx, nil)
	if err == nil {
		catalog, err = ofFewSources(ctx, withoutMarts(catalog))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 99
	}
	a.scripts = catalog
	return a.run(ctx, append([]string{"bedrot"}, os.Args[1:]...))
}

// killAt ends the process without any notice before its n-th change of the lake.
func killAt(n int64) func(string, string) error {
	var count atomic.Int64
	return func(string, string) error {
		if count.Add(1) == n {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
		return nil
	}
}

// childCommand starts this test binary as bedrot.
func childCommand(ctx context.Context, env []string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, os.Args[0], args...)
	command.Env = append(append(os.Environ(), "BEDROT_TEST_CHILD=1"), env...)
	return command
}

// lake is a lake in a temporary folder, asked in process.
type lake struct {
	t     testing.TB
	root  string
	now   time.Time
	files zones.Files
	ctx   context.Context
	// ownScripts is set when LAKE/sql holds some, so that they are read anew each time.
	ownScripts bool
	// allSources builds the tables of all sources, marts the marts, too, and manyTables all of few sources
	// but the marts, for who compares everything that is published. Without any of them only what few
	// sources land and what lookedAt adds are built.
	allSources, marts, manyTables bool
	// catalog, when set, is all that is built; fetcher sets up who fetches, limit bounds a source.
	catalog *script.Catalog
	fetcher func(*extract.Runner)
	limit   time.Duration
}

var clock = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func newLake(t testing.TB) *lake {
	t.Helper()
	return newLakeOn(t, func(*lake) {})
}

// newLakeOn is a new lake on a machine that some settings make another.
func newLakeOn(t testing.TB, settings func(*lake)) *lake {
	t.Helper()
	l := &lake{t: t, root: filepath.Join(t.TempDir(), "lake"), now: clock, ctx: t.Context()}
	settings(l)
	l.ok("init", l.root)
	return l
}

// allSources is a setting of newLakeOn.
func allSources(l *lake) { l.allSources = true }

// manyTables is a setting of newLakeOn.
func manyTables(l *lake) { l.manyTables = true }

// embeddedCatalog is everything but the marts, which are many and are looked at by the cases and by
// TestDemo. It is loaded once for all tests: it never changes.
func embeddedCatalog(t testing.TB) *script.Catalog {
	t.Helper()
	catalog, err := loadEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	return withoutMarts(catalog)
}

// fewSourcesCatalog is what most tests build, in whose lakes only files of fewSources land. It is loaded
// once for all tests.
func fewSourcesCatalog(t testing.TB) *script.Catalog {
	t.Helper()
	catalog, err := loadFewSources()
	if err != nil {
		t.Fatal(err)
	}
	return catalog
}

var loadFewSources = sync.OnceValues(func() (*script.Catalog, error) {
	catalog, err := loadEmbedded()
	if err != nil {
		return nil, err
	}
	return ofFewSources(context.Background(), withoutMarts(catalog))
})

// fewSources are those whose files most tests land, and the names people write.
var fewSources = []string{"distrokid", "spotify", "catalog", "feeds", "curated", "shared"}

// ofFewSources is a catalog as it would be, were there no other sources: feeds have fewer members.
func ofFewSources(ctx context.Context, catalog *script.Catalog) (*script.Catalog, error) {
	texts := map[string]string{}
	for _, s := range slices.Concat(catalog.Scripts, catalog.Checks, catalog.Macros) {
		name := strings.TrimPrefix(s.Path, "sql/")
		if slices.Contains(fewSources, path.Dir(name)) {
			texts[name] = s.SQL
		}
	}
	return script.Loader{Cache: script.NewCache()}.Load(ctx, script.Folder{Texts: texts})
}

var loadEmbedded = sync.OnceValues(func() (*script.Catalog, error) {
	return sql.Load(context.Background(), nil)
})

func withoutMarts(catalog *script.Catalog) *script.Catalog {
	tables := strings.Fields(`curated.artists curated.revenue_by_track curated.royalties curated.royalty_totals curated.royalty_years curated.statements
		curated.stream_months curated.stream_reporters curated.streams_compared curated.streams_daily curated.streams_reported
		curated.tracks curated.unresolved_names`)
	for _, s := range catalog.Scripts {
		if s.Kind != script.Curated {
			tables = append(tables, s.Table)
		}
	}
	return catalog.For(tables)
}

// lookedAt is the part of a catalog that most tests look at: what few sources land, the two curated tables
// that they ask, and all that a lake's own scripts add.
func lookedAt(catalog *script.Catalog) *script.Catalog {
	tables := []string{"curated.royalties", "curated.streams_daily"}
	for _, s := range catalog.Scripts {
		if s.Origin != "" || s.Kind == script.Raw && slices.Contains(fewSources, s.Source) {
			tables = append(tables, s.Table)
		}
	}
	return catalog.For(tables)
}

// words is what is said by several goroutines, as a terminal takes it.
type words struct {
	mu   sync.Mutex
	text strings.Builder
}

func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// said is what a command wrote and returned.
type said struct {
	out, err string
	code     int
}

func (l *lake) run(args ...string) said {
	l.t.Helper()
	var out bytes.Buffer
	var talk words
	a := app{in: strings.NewReader(""), out: &out, err: &talk, now: func() time.Time { return l.now }, files: l.files, pause: time.Millisecond, state: filepath.Join(filepath.Dir(l.root), "state"), fetcher: func(r *extract.Runner) {
		r.Limit, r.Wait = l.limit, func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
		if l.fetcher != nil {
			l.fetcher(r)
		}
	}}
	switch {
	case l.marts:
		a.scripts, _ = loadEmbedded()
	case l.ownScripts && (slices.Contains(args, "run") || slices.Contains(args, "build")):
		a.scripts = l.loadOwn()
	case l.ownScripts: // the app loads them
	case l.allSources || args[0] == "import": // what is imported is told apart from the files of all
		a.scripts = embeddedCatalog(l.t)
	case l.manyTables:
		a.scripts = fewSourcesCatalog(l.t)
	default:
		a.scripts = lookedAt(fewSourcesCatalog(l.t))
	}
	if l.catalog != nil {
		a.scripts = l.catalog
	}
	code := a.run(l.ctx, append([]string{"bedrot", "--lake", l.root}, args...))
	return said{out.String(), talk.String(), code}
}

// loadOwn loads the scripts in force as the app does, and leaves out what nobody looks at.
func (l *lake) loadOwn() *script.Catalog {
	l.t.Helper()
	opened, err := zones.Open(l.root, "", zones.Files{})
	if err != nil {
		l.t.Fatal(err)
	}
	catalog, err := sql.Load(l.ctx, opened)
	if err != nil {
		l.t.Fatal(err)
	}
	return lookedAt(catalog)
}

// want runs a command that must end with a code and say some things on stderr.
func (l *lake) want(code int, talk []string, args ...string) said {
	l.t.Helper()
	s := l.run(args...)
	if s.code != code {
		l.t.Fatalf("bedrot %s: exit %d, want %d\n%s%s", strings.Join(args, " "), s.code, code, s.out, s.err)
	}
	for _, text := range talk {
		if !strings.Contains(s.err, text) {
			l.t.Errorf("bedrot %s does not say %q but\n%s", strings.Join(args, " "), text, s.err)
		}
	}
	return s
}

func (l *lake) ok(args ...string) said {
	l.t.Helper()
	return l.want(0, nil, args...)
}

// query answers SQL as rows of text.
func (l *lake) query(sql string) [][]string {
	l.t.Helper()
	rows, err := csv.NewReader(strings.NewReader(l.ok("query", "-o", "csv", sql).out)).ReadAll()
	if err != nil {
		l.t.Fatal(err)
	}
	return rows[1:]
}

// one answers SQL that has one value.
func (l *lake) one(sql string) string {
	l.t.Helper()
	rows := l.query(sql)
	if len(rows) != 1 || len(rows[0]) != 1 {
		l.t.Fatalf("%s: %v", sql, rows)
	}
	return rows[0][0]
}

// equal compares the single value of a query.
func (l *lake) equal(sql, want string) {
	l.t.Helper()
	if got := l.one(sql); got != want {
		l.t.Errorf("%s = %s, want %s", sql, got, want)
	}
}

// file writes a file beside the lake and returns its path.
func (l *lake) file(name, text string) string {
	l.t.Helper()
	path := filepath.Join(filepath.Dir(l.root), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		l.t.Fatal(err)
	}
	return path
}

// inLake writes a file of the lake.
func (l *lake) inLake(name, text string) {
	l.t.Helper()
	if strings.HasPrefix(name, "sql/") {
		l.ownScripts = true
	}
	path := filepath.Join(l.root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		l.t.Fatal(err)
	}
}

// state is what is published: every table's content, and every curated file's hash by partition.
func (l *lake) state() map[string]string {
	l.t.Helper()
	state, err := publishedState(l.root)
	if err != nil {
		l.t.Fatal(err)
	}
	return state
}

func publishedState(root string) (map[string]string, error) {
	opened, err := zones.Open(root, "", zones.Files{})
	if err != nil {
		return nil, err
	}
	version, err := opened.Current()
	if err != nil || version == nil {
		return nil, err
	}
	state := map[string]string{}
	for name := range version.Tables {
		table, err := version.Table(name)
		if err != nil {
			return nil, err
		}
		state[name] = table.Content + " " + table.Stale
		for _, part := range table.Parts {
			if !strings.HasPrefix(name, "curated.") {
				continue
			}
			sum, _, err := zones.HashFile(filepath.Join(version.Dir(), part.File))
			if err != nil {
				return nil, err
			}
			if sum != part.SHA256 {
				return nil, errors.New(part.File + " is not what its manifest says")
			}
			state[name+" "+part.Key] = sum
		}
	}
	return state, nil
}

// differences names the entries in which two states differ.
func differences(a, b map[string]string) []string {
	var names []string
	for name := range a {
		if a[name] != b[name] {
			names = append(names, name)
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			names = append(names, name)
		}
	}
	return names
}

const bankHeader = "Reporting Date\tSale Month\tStore\tArtist\tTitle\tISRC\tUPC\tQuantity\tTeam Percentage\tSong/Album\tCountry of Sale\tSongwriter Royalties Withheld\tEarnings (USD)"

// sale is a line of a bank-details file: what the cases here vary.
type sale struct {
	month, store, isrc, quantity, usd string
}

func (s sale) line() string {
	return strings.Join([]string{
		s.month + "-28", s.month, s.store, "ZONE A0", "NIGHT RIDE", s.isrc, "190000000001",
		s.quantity, "100", "Song", "US", "0", s.usd,
	}, "\t")
}

// bankFile is a bank-details file with some line end.
func bankFile(newline string, sales ...sale) string {
	var b strings.Builder
	b.WriteString(bankHeader + newline)
	for _, s := range sales {
		b.WriteString(s.line() + newline)
	}
	return b.String()
}

// audienceFile is a Spotify for Artists audience timeline of some days from a date on.
func audienceFile(from string, streams ...int) string {
	day, err := time.Parse(time.DateOnly, from)
	if err != nil {
		panic(err)
	}
	var b strings.Builder
	b.WriteString("date,listeners,streams,followers\n")
	for i, n := range streams {
		fmt.Fprintf(&b, "%s,%d,%d,%d\n", day.AddDate(0, 0, i).Format(time.DateOnly), n/2, n, 100+i)
	}
	return b.String()
}

func quietLog() *slog.Logger { return slog.New(slog.DiscardHandler) }
