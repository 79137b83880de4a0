package main

import (
	"fmt"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bedrot/zones"
)

// The three ways DistroKid has handed out one history: CR-only lines, the same again with a corrected
// month, and the quoted file of 15 columns.
const (
	jan, feb, mar = "2025-01", "2025-02", "2025-03"
	isrc          = "QZA000000001"
)

func firstStatement() string {
	return bankFile("\r",
		sale{jan, "Spotify", isrc, "100", "0.412345678901"},
		sale{jan, "Spotify", isrc, "100", "0.412345678901"}, // an identical line is a payment of its own
		sale{feb, "Deezer", isrc, "7", "0.031000000000"})
}

func correctedStatement() string {
	return bankFile("\r",
		sale{jan, "Spotify", isrc, "100", "0.412345678901"},
		sale{jan, "Spotify", isrc, "100", "0.412345678901"},
		sale{feb, "Deezer", isrc, "9", "0.040000000001"})
}

func quotedStatement() string {
	header := `"Reporting Date","Sale Month","Store","Artist","Title","ISRC","UPC","Quantity","Team Percentage","Source Type","Country of Sale","Songwriter Royalties Withheld (USD)","Earnings (USD)","Recoup (USD)","Date Inserted"`
	line := func(month, store, quantity, usd string) string {
		return fmt.Sprintf(`"%[1]s-28","%[1]s","%[2]s","ZONE A0","NIGHT RIDE","%[3]s","190000000001","%[4]s","100","Song","US","0","%[5]s","0","2025-06-01 10:00:00"`, month, store, isrc, quantity, usd)
	}
	return strings.Join([]string{
		header, line(jan, "Spotify", "100", "0.412345678901"), line(jan, "Spotify", "100", "0.412345678901"),
		line(feb, "Deezer", "9", "0.040000000001"), line(mar, "Spotify", "1", "0.004000000002"),
	}, "\n") + "\n"
}

// arrivals are the three files with the times at which they were captured.
func arrivals(l *lake) [3]string {
	return [3]string{
		l.file("a/bank_20250301_000000.tsv", firstStatement()),
		l.file("b/bank_20250401_000000.tsv", correctedStatement()),
		l.file("c/results_20250601_000000.csv", quotedStatement()),
	}
}

func TestTotalsFollowTheNewestStatement(t *testing.T) {
	t.Parallel()
	l := newLake(t)
	totals := [3]string{"0.855691357802", "0.864691357803", "0.868691357805"} // added up by hand
	for i, path := range arrivals(l) {
		l.ok("import", path)
		l.ok("run")
		l.equal("select sum(gross_usd) from curated.royalties", totals[i])
		l.equal("select count(distinct _drop) from raw.distrokid__bank__history", strconv.Itoa(i+1))
	}
	l.equal("select count(*) from raw.distrokid__bank__history", "10")
	l.equal("select sum(line_count) from curated.royalties where sale_month = '2025-01'", "2")
	l.equal(`select sum("earnings_usd"::decimal(38,12)) from raw.distrokid__bank__history where sale_month = '2025-02'`, "0.111000000002")
}

func TestEveryOrderEndsInTheSameBytes(t *testing.T) {
	t.Parallel()
	orders := [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}
	var first map[string]string
	for _, order := range orders {
		l := newLakeOn(t, manyTables)
		paths := arrivals(l)
		for _, i := range order {
			l.ok("import", paths[i])
			l.ok("run")
		}
		if first == nil {
			first = l.state()
			continue
		}
		if names := differences(first, l.state()); len(names) > 0 {
			t.Errorf("order %v ends in another %v", order, names)
		}
	}
}

func TestTheSameFileTwicePaysOnce(t *testing.T) {
	l := newLake(t)
	path := l.file("bank_20250301_000000.tsv", firstStatement())
	l.ok("import", path)
	again := l.want(0, []string{"already landed"}, "import", path)
	renamed := l.file("bank_20250301_000000 (1).tsv", firstStatement())
	l.want(0, []string{"already landed"}, "import", renamed)
	if _, err := os.Stat(path); err != nil {
		t.Errorf("import took the user's file away: %v %s", err, again.err)
	}
	l.ok("run")
	l.equal("select sum(gross_usd) from curated.royalties", "0.855691357802")
	l.equal("select sum(line_count) from curated.royalties", "3")
}

func TestSecondRunChangesNothing(t *testing.T) {
	l := newLakeOn(t, manyTables)
	l.ok("import", arrivals(l)[0])
	l.ok("run")
	before, files := l.state(), inodesOf(t, l.root)
	l.now = l.now.Add(24 * time.Hour)
	l.want(0, []string{"nothing changed"}, "run")
	if names := differences(before, l.state()); len(names) > 0 {
		t.Errorf("changed: %v", names)
	}
	if names := differences(files, inodesOf(t, l.root)); len(names) > 0 {
		t.Errorf("rewritten: %v", names)
	}
}

// inodesOf identifies every data file: one that was written anew is another inode.
func inodesOf(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, dir := range []string{"landing", "raw", "versions"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			info, err := entry.Info()
			if err == nil {
				found[path] = fmt.Sprint(info.Sys().(*syscall.Stat_t).Ino, info.ModTime())
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// TestIncrementalEqualsFull builds a history night by night, and then whole at one, two and four threads.
func TestIncrementalEqualsFull(t *testing.T) {
	t.Parallel()
	l := newLakeOn(t, manyTables)
	l.inLake("catalog/artists.csv", "source,alias,artist\n,ZONE A0,ZONE A0\n")
	for night := range 6 {
		l.now = clock.Add(time.Duration(night) * 24 * time.Hour)
		var sales []sale
		for month := range 4 + night {
			at := time.Date(2025, time.Month(1+month), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
			for i := range 40 {
				cents := (month*7919 + i*104729 + night*13*(month%2)) % 100000
				sales = append(sales, sale{at, []string{"Spotify", "Deezer", "iTunes"}[i%3], isrc, strconv.Itoa(i), fmt.Sprintf("0.%012d", cents)})
			}
		}
		stamp := l.now.Format("20060102_150405")
		l.ok("import", l.file("bank_"+stamp+".tsv", bankFile("\n", sales...)))
		l.ok("import", l.file("ZONE A0-audience-timeline_"+stamp+".csv", audienceFile(l.now.AddDate(0, 0, -20).Format(time.DateOnly), 10+night, 11, 12, 13, 14, 15)))
		l.ok("run", "--date", "2026-01-10")
	}
	incremental := l.state()
	for _, threads := range []string{"1", "2", "4"} {
		l.ok("build", "--full", "--date", "2026-01-10", "--threads", threads)
		if names := differences(incremental, l.state()); len(names) > 0 {
			t.Errorf("built whole with %s threads, other bytes: %v", threads, names)
		}
	}
}

// TestReconciliation reads the identity of every drop back from the journal.
func TestReconciliation(t *testing.T) {
	t.Parallel()
	l := newLake(t)
	for _, path := range arrivals(l) {
		l.ok("import", path)
		l.ok("run")
	}
	l.equal("select count(*) from meta.drops", "3")
	l.equal("select count(*) from meta.drops where records <> accepted + rejects or accepted <> winning + superseded + unchanged + held", "0")
	l.equal("select count(*) from meta.drops where money_in <> money_accepted + money_rejected", "0")
	sum := new(big.Rat)
	for _, row := range l.query("select money_in from meta.drops") {
		value, ok := new(big.Rat).SetString(row[0])
		if !ok {
			t.Fatalf("money_in %q", row[0])
		}
		sum.Add(sum, value)
	}
	if got := sum.FloatString(12); got != "2.589074073410" { // the three totals, added up by hand
		t.Errorf("all statements hold %s", got)
	}
}

func TestASecondRunIsTurnedAway(t *testing.T) {
	l := newLake(t)
	opened, err := zones.Open(l.root, "", zones.Files{})
	if err != nil {
		t.Fatal(err)
	}
	held, err := opened.Lock("run", clock)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Close() }()
	ctx := t.Context()
	for _, args := range [][]string{{"run"}, {"build"}, {"import", arrivals(l)[0]}} {
		s := l.want(5, []string{"another run holds the lake", "bedrot run", clock.Format(time.RFC3339), strconv.Itoa(os.Getpid())}, args...)
		if s.out != "" {
			t.Errorf("stdout says %q", s.out)
		}
	}
	out, err := childCommand(ctx, nil, "--lake", l.root, "run").CombinedOutput()
	if code := exitCodeOf(err); code != 5 {
		t.Errorf("another process ends with %d: %s", code, out)
	}
	l.ok("query", "select 1")
}

func exitCodeOf(err error) int {
	if ended, ok := err.(*exec.ExitError); ok {
		return ended.ExitCode()
	}
	if err != nil {
		return -1
	}
	return 0
}

// TestInterrupted stops a run with SIGTERM while it builds.
func TestInterrupted(t *testing.T) {
	l := newLake(t)
	var b strings.Builder
	b.WriteString(bankHeader + "\n")
	for i := range 60000 {
		b.WriteString(sale{fmt.Sprintf("20%02d-%02d", 10+i%15, 1+i%12), "Spotify", isrc, "1", "0.000000000001"}.line() + "\n")
	}
	l.inLake("inbox/bank_20260101_000000.tsv", b.String())
	command := childCommand(t.Context(), nil, "--lake", l.root, "--verbose", "--log-format", "json", "run")
	talk, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	buf := make([]byte, 4096)
	for !strings.Contains(said.String(), `"copy (`) {
		n, err := talk.Read(buf)
		said.Write(buf[:n])
		if err != nil {
			t.Fatalf("the run ended before it built anything: %s", said.String())
		}
	}
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(talk)
	if err != nil {
		t.Fatal(err)
	}
	if code := exitCodeOf(command.Wait()); code != 130 {
		t.Fatalf("exit %d, want 130: %s%s", code, said.String(), rest)
	}
	left, err := filepath.Glob(filepath.Join(l.root, "run", "*"))
	if err != nil || len(left) != 1 || filepath.Base(left[0]) != "lock" {
		t.Errorf("left in run/: %v %v", left, err)
	}
	l.ok("run")
	l.equal("select sum(line_count) from curated.royalties", "60000")
	l.equal("select string_agg(status, ' ' order by started_at, status) from meta.runs where status = 'interrupted'", "interrupted")
}
