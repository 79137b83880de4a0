package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bedrot/sql/build"
	"bedrot/sql/duck"
	"bedrot/sql/script"
	"bedrot/zones"

	bedrotsql "bedrot/sql"
)

// TestBench is `just bench`: one run that measures what DESIGN.md promises and writes it as JSON. A
// time alone says little about another machine, so each promise is a ratio of two times of this run.
//
//	BEDROT_BENCH=1       asks for it
//	BEDROT_BENCH_GB=2    landing data of the full build
//	BEDROT_BENCH_MONTHS=12, BEDROT_BENCH_LINES=90000   the 1× history of the nights, and a month's lines;
//	                     the 16× history is then 2 GB, and a night's statement is half a per cent of it
func TestBench(t *testing.T) {
	if os.Getenv("BEDROT_BENCH") == "" {
		t.Skip("set BEDROT_BENCH=1, or: just bench")
	}
	b := &bench{T: t, Result: benchResult{Processors: runtime.NumCPU(), Go: runtime.Version(), At: time.Now().UTC()}}
	if gigabytes := number(t, "BEDROT_BENCH_GB", 2); gigabytes > 0 {
		b.fullBuild(gigabytes)
	}
	b.nights(int(number(t, "BEDROT_BENCH_MONTHS", 12)), int(number(t, "BEDROT_BENCH_LINES", 90000)))
	b.cumulative()
	b.write()
}

type bench struct {
	*testing.T
	Result benchResult
}

type benchResult struct {
	At         time.Time
	Go         string
	Processors int
	Promises   []promise
	Measures   []measure
}

// promise is a ratio that must stay below a limit.
type promise struct {
	Name         string
	Ratio, Limit float64
	Kept         bool
}

type measure struct {
	Name  string
	Value float64
	Unit  string
}

func number(t *testing.T, name string, fallback float64) float64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return fallback
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatalf("%s=%q is no number", name, text)
	}
	return value
}

func (b *bench) measure(name string, value float64, unit string) float64 {
	b.Result.Measures = append(b.Result.Measures, measure{name, value, unit})
	b.Logf("%-58s %10.3f %s", name, value, unit)
	return value
}

func (b *bench) promise(name string, ratio, limit float64) {
	b.Result.Promises = append(b.Result.Promises, promise{name, ratio, limit, ratio <= limit})
	b.Logf("%-58s %10.3f of %.2f", name, ratio, limit)
	if ratio > limit {
		b.Errorf("%s: %.3f, promised are at most %.2f", name, ratio, limit)
	}
}

func (b *bench) write() {
	data, err := json.MarshalIndent(b.Result, "", " ")
	if err == nil {
		err = os.MkdirAll("reports", 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join("reports", "bench.json"), append(data, '\n'), 0o644)
	}
	if err != nil {
		b.Error(err)
	}
}

// sales writes bank-details lines of one sale month until there are enough of them.
func (b *bench) sales(path string, months []string, lines int) int64 {
	b.Helper()
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	out := bufio.NewWriterSize(file, 1<<20)
	chance := rand.New(rand.NewPCG(1987, uint64(len(months)*lines)))
	stores := []string{"Spotify", "Apple Music", "Deezer", "Amazon Unlimited (Streaming)", "YouTube (Ads)", "Facebook", "iTunes", "Tidal"}
	countries := []string{"US", "GB", "DE", "FR", "BR", "MX", "JP", "OU", "SE", "PL"}
	fmt.Fprintln(out, bankHeader)
	for i := range lines {
		month := months[i*len(months)/lines]
		track := chance.IntN(120)
		_, err := fmt.Fprintf(out, "%s-28\t%s\t%s\t%s\tTITLE %d\tQZA0000%05d\t1900000%05d\t%d\t100\tSong\t%s\t0\t%d.%012d\n",
			month, month, stores[chance.IntN(len(stores))], []string{"ZONE A0", "PIG1987"}[track%2], track, track, track,
			chance.IntN(900), countries[chance.IntN(len(countries))], chance.IntN(3), chance.Int64N(1e12))
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := out.Flush(); err != nil {
		b.Fatal(err)
	}
	size, err := file.Seek(0, 1)
	if err != nil {
		b.Fatal(err)
	}
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
	return size
}

func monthsFrom(year, n int) []string {
	months := make([]string, n)
	for i := range months {
		months[i] = time.Date(year, time.Month(1+i), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
	}
	return months
}

// fullBuild compares a first build with the same statements in bare DuckDB, and its memory with the
// limit.
func (b *bench) fullBuild(gigabytes float64) {
	const memory, limit = "2GB", 2e9
	l := newLakeOn(b.T, func(l *lake) { l.marts = true })
	l.inLake("lake.toml", "[retention]\npack_after_days = 0\n") // the replay reads what landed
	var landed int64
	for file := 0; float64(landed) < gigabytes*1e9; file++ {
		path := filepath.Join(b.TempDir(), fmt.Sprintf("bank_202501%02d_000000.tsv", file+1))
		landed += b.sales(path, monthsFrom(2000+file*2, 24), 2_000_000)
		l.ok("import", path)
		if err := os.Remove(path); err != nil {
			b.Fatal(err)
		}
	}
	b.measure("landing data of the full build", float64(landed)/1e9, "GB")

	opened, err := zones.Open(l.root, "", zones.Files{})
	if err != nil {
		b.Fatal(err)
	}
	tape := &tape{keep: filepath.Join(b.TempDir(), "kept")}
	opened.Files.Fault = tape.change
	job := build.Job{
		Lake: opened, Command: "build", Memory: memory, Log: quietLog(), Now: time.Now, Statements: tape.statement,
		Catalog: func(ctx context.Context) (*script.Catalog, error) {
			return bedrotsql.Load(ctx, opened)
		},
		Options: build.Options{RunDate: "2026-01-01"},
	}
	resetPeak()
	started := time.Now()
	report, err := job.Run(b.Context())
	if err != nil || report.ExitCode() != 0 {
		b.Fatalf("%v %+v", err, report)
	}
	took := b.measure("full build", time.Since(started).Seconds(), "s")
	resident := b.measure("full build, resident memory at its peak", float64(peakResident())/1e6, "MB")
	b.measure("full build, statements", float64(len(tape.steps)), "")
	b.sizes(l)

	bare := b.measure("the same statements in bare DuckDB", tape.replay(b.T, memory, opened).Seconds(), "s")
	b.promise("full build : bare DuckDB", took/bare, 1.25)
	b.promise("full build, resident memory : limit", resident*1e6/limit, 1.3)
	if err := os.RemoveAll(l.root); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) sizes(l *lake) {
	for _, row := range l.query("select zone, bytes, files from meta.storage where run = (select max(run) from meta.storage) order by zone") {
		bytes, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			b.Fatal(err)
		}
		b.measure("size of "+row[0], bytes/1e6, "MB")
	}
}

// nights compares a night of new files on histories of 1, 4 and 16 times the length, and the start of
// a query on them.
func (b *bench) nights(months, lines int) {
	var nights, starts []float64
	for _, times := range []int{1, 4, 16} {
		l := newLakeOn(b.T, func(l *lake) { l.marts = true })
		history := monthsFrom(1990, months*times)
		for i, month := range history {
			path := filepath.Join(b.TempDir(), "bank_"+time.Unix(int64(i)*86400+946684800, 0).UTC().Format("20060102_150405")+".tsv")
			b.sales(path, []string{month}, lines)
			l.ok("import", path)
			if err := os.Remove(path); err != nil {
				b.Fatal(err)
			}
		}
		days := make([]int, 365*len(history)/12)
		l.ok("import", l.file("ZONE A0-audience-timeline_20200101_000000.csv", audienceFile("1990-01-01", days...)))
		l.ok("run", "--date", "2026-01-01")
		label := fmt.Sprintf("%d× history", times)
		best := 1e9
		for night := range 3 {
			next := monthsFrom(1990, len(history)+night+1)
			path := filepath.Join(b.TempDir(), fmt.Sprintf("bank_2024010%d_000000.tsv", night+1))
			b.sales(path, next[len(next)-1:], lines)
			streams := l.file(fmt.Sprintf("ZONE A0-audience-timeline_2024010%d_000000.csv", night+1), audienceFile(next[len(next)-2]+"-10", make([]int, 28)...))
			started := time.Now()
			l.ok("import", path)
			l.ok("import", streams)
			l.ok("run", "--date", "2026-01-01")
			best = min(best, time.Since(started).Seconds())
		}
		nights = append(nights, b.measure("a night on "+label, best, "s"))
		started := time.Now()
		l.ok("run", "--date", "2026-01-01")
		b.measure("a night without news on "+label, time.Since(started).Seconds(), "s")
		starts = append(starts, b.measure("query start-up on "+label, b.queryStart(l), "s"))
		if err := os.RemoveAll(l.root); err != nil {
			b.Fatal(err)
		}
	}
	b.promise("a night on 4× : on 1×", nights[1]/nights[0], 1.3)
	b.promise("a night on 16× : on 1×", nights[2]/nights[0], 1.3)
	b.measure("query start-up on 16× : on 1×", starts[2]/starts[0], "")
}

// queryStart is how long a process takes to answer the smallest question.
func (b *bench) queryStart(l *lake) float64 {
	best := 1e9
	for range 5 {
		started := time.Now()
		if out, err := childCommand(b.Context(), nil, "--lake", l.root, "query", "select 1").CombinedOutput(); err != nil {
			b.Fatalf("%v %s", err, out)
		}
		best = min(best, time.Since(started).Seconds())
	}
	return best
}

// cumulative re-imports a statement that restates its whole history, one month longer: its cost is
// that of its bytes, on any history.
func (b *bench) cumulative() {
	var per []float64
	for _, times := range []int{1, 16} {
		l := newLakeOn(b.T, func(l *lake) { l.marts = true })
		history := monthsFrom(2000, 6*times)
		path := filepath.Join(b.TempDir(), "bank_20240101_000000.tsv")
		b.sales(path, history, 40000*len(history))
		l.ok("import", path)
		l.ok("run", "--date", "2026-01-01")
		longer := monthsFrom(2000, 6*times+1)
		path = filepath.Join(b.TempDir(), "bank_20240201_000000.tsv")
		size := b.sales(path, longer, 40000*len(longer))
		started := time.Now()
		l.ok("import", path)
		l.ok("run", "--date", "2026-01-01")
		per = append(per, b.measure(fmt.Sprintf("a cumulative statement on %d× history", times), time.Since(started).Seconds()/(float64(size)/1e9), "s/GB"))
	}
	b.measure("a cumulative statement on 16× : on 1×, per GB", per[1]/per[0], "")
}

// tape records what a build did, to be played again in bare DuckDB.
type tape struct {
	keep  string
	steps []step
	read  int
}

type step struct{ statement, renamed string }

var (
	unpacked  = regexp.MustCompile(`'([^']*/run/[^']*/read/[^']*)'`)
	copyToEnd = regexp.MustCompile(`(?s)^copy .* to '([^']+)' \(format parquet[^)]*(\([^)]*\))?[^)]*\)$`)
)

// statement notes a statement; prepared copies of landed files are kept, since the build removes them.
func (p *tape) statement(statement string, _ time.Duration) {
	for _, found := range unpacked.FindAllStringSubmatch(statement, -1) {
		p.read++
		kept := filepath.Join(p.keep, strconv.Itoa(p.read))
		if os.MkdirAll(p.keep, 0o755) == nil && os.Link(found[1], kept) == nil {
			statement = strings.ReplaceAll(statement, found[1], kept)
		}
	}
	p.steps = append(p.steps, step{statement: statement})
}

func (p *tape) change(op, path string) error {
	if op == "rename" && strings.HasSuffix(path, ".parquet") {
		p.steps = append(p.steps, step{renamed: path})
	}
	return nil
}

// replay runs the statements again and moves the files they write as the build did.
func (p *tape) replay(t *testing.T, memory string, lake *zones.Lake) time.Duration {
	t.Helper()
	version, err := lake.Current()
	if err != nil {
		t.Fatal(err)
	}
	// What the first build wrote goes away, or the replay would find its files in place.
	for _, dir := range []string{lake.Path("raw"), version.Dir()} {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	db, err := duck.Open(t.Context(), duck.Options{Memory: memory, Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	started := time.Now()
	written := ""
	for _, s := range p.steps {
		if s.renamed != "" {
			err = os.MkdirAll(filepath.Dir(s.renamed), 0o755)
			if err == nil {
				err = os.Rename(written, s.renamed)
			}
		} else {
			if found := copyToEnd.FindStringSubmatch(s.statement); found != nil {
				written = found[1]
				if err := os.RemoveAll(written); err != nil {
					t.Fatal(err)
				}
				if err := os.MkdirAll(filepath.Dir(written), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			err = drain(t.Context(), db, listAnew(t, s.statement))
		}
		if err != nil {
			t.Fatalf("replay: %.500v\n%.500s%s", err, s.statement, s.renamed)
		}
	}
	return time.Since(started)
}

var partLists = regexp.MustCompile(`read_parquet\(\[('[^\]]*/parts/[^\]]*')\]`)

// listAnew names the files of a partitioned write as they are this time: under a memory limit their
// number differs from run to run.
func listAnew(t *testing.T, statement string) string {
	t.Helper()
	return partLists.ReplaceAllStringFunc(statement, func(list string) string {
		var files []string
		seen := map[string]bool{}
		for _, path := range strings.Split(partLists.FindStringSubmatch(list)[1], ", ") {
			dir := filepath.Dir(strings.Trim(path, "'"))
			if seen[dir] {
				continue
			}
			seen[dir] = true
			found, err := filepath.Glob(filepath.Join(dir, "*.parquet"))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, found...)
		}
		return "read_parquet(" + duck.List(files)
	})
}

// drain runs a statement and reads all it answers.
func drain(ctx context.Context, db *duck.DB, statement string) error {
	if !strings.HasPrefix(strings.ToLower(statement), "select") {
		return db.Exec(ctx, statement)
	}
	rows, err := db.Query(ctx, statement)
	if err != nil {
		return err
	}
	for rows.Next() { //nolint:revive // only to reach the end
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return rows.Close()
}

// resetPeak lets peakResident begin anew (Linux).
func resetPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

func peakResident() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		var usage syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
		return usage.Maxrss * 1024
	}
	fields := strings.Fields(string(status))
	if at := slices.Index(fields, "VmHWM:"); at >= 0 && at+1 < len(fields) {
		kilobytes, _ := strconv.ParseInt(fields[at+1], 10, 64)
		return kilobytes * 1024
	}
	return 0
}
