package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// oldTree is a landing tree as the predecessor kept it: one folder for all of a source's pages and
// statements, capture times in the names, its own bookkeeping in between. It returns the files that
// are exports, of which there are n.
func oldTree(l *lake, n int) (root string, exports []string) {
	l.t.Helper()
	root = filepath.Join(filepath.Dir(l.root), "old", "1_landing")
	write := func(name, text string) string {
		return l.file(filepath.Join("old", "1_landing", name), text)
	}
	start := time.Date(2025, 5, 1, 6, 0, 0, 0, time.UTC)
	for i := range n {
		at := start.Add(time.Duration(i/5) * 24 * time.Hour)
		stamp := at.Format("20060102_150405")
		first := at.AddDate(0, 0, -10)
		points := make([]string, 8)
		days := make([]int, 8)
		for d := range points {
			points[d] = fmt.Sprintf(`{"category": "%s", "column-1": %d}`, first.AddDate(0, 0, d).Format(time.DateOnly), 100+i+d)
			days[d] = 50 + i + d
		}
		switch i % 5 {
		case 0:
			exports = append(exports, write("distrokid/streams/streams_stats_"+stamp+".html", chart("trend365day", strings.Join(points, ","))))
		case 1:
			exports = append(exports, write("spotify/audience/spotify_audience_62owJQCD2XzVB2o19CVsFM_"+stamp+".csv", audienceFile(first.Format(time.DateOnly), days...)))
		case 2:
			exports = append(exports, write("spotify/audience/spotify_audience_1Eu67EqPy2NutiM0lqCarw_"+stamp+".csv", audienceFile(first.Format(time.DateOnly), days...)))
		case 3:
			sales := manySales(3 + i/5)
			exports = append(exports, write("distrokid/streams/dk_bank_details_"+stamp+".tsv", bankFile([]string{"\r", "\n", "\r\n"}[i/5%3], sales...)))
		case 4:
			exports = append(exports, write("spotify/songs/ZONE A0-songs-28day_"+stamp+".csv", fmt.Sprintf("song,listeners,streams,saves,release_date\n\"NIGHT RIDE\",%d,%d,1,2024-06-14\n", 10+i, 20+i)))
		}
	}
	write("distrokid/_processed_hashes.json", `{"a.html": "d41d8cd98f00b204e9800998ecf8427e"}`)
	write("linktree/analytics/graphql_20250520_101112_123456.json", `{"data": {"profile": {}}}`)
	write("distrokid/streams/failed_login_20250520_101112.html", "<!doctype html><html><head><title>Log in</title></head></html>")
	write("distrokid/streams/old_statement.csv", "Sale Month,Store,Artist,Title,Quantity\n2014-03,iTunes,A,B,1\n")
	write("distrokid/.DS_Store", "x")
	return root, exports
}

func TestMovingInAnOldTree(t *testing.T) {
	t.Parallel()
	l := newLake(t)
	root, _ := oldTree(l, 40)
	before := treeHash(t, root)
	said := l.want(3, []string{
		"streams_stats_20250501_060000.html: distrokid/streams:main, captured 2025-05-01T06:00:00Z (name)",
		"dk_bank_details_20250502_060000.tsv: distrokid/bank:main, captured 2025-05-02T06:00:00Z (name)",
		"44 files: 40 landed, 0 already landed, 0 not chosen, 4 could not be placed",
		"_processed_hashes.json", "graphql_20250520_101112_123456.json", "Log in",
		"old_statement.csv: is no export that is known; nearest is distrokid/bank, but Reporting Date,",
	}, "import", "--recursive", root)
	if strings.Contains(said.err, ".DS_Store") {
		t.Error("hidden files are not the lake's concern")
	}
	if names := differences(before, treeHash(t, root)); len(names) > 0 {
		t.Errorf("the old tree changed: %v", names)
	}
	l.ok("run")
	l.equal("select sum(gross_usd) from curated.royalties", "0.100000000000") // ten lines in the newest statement
	l.equal("select count(distinct artist_name) from staging.spotify__audience_daily", "2")
	l.want(3, []string{"44 files: 0 landed, 40 already landed"}, "import", "-r", root)

	// Files whose names tell no time take their own, when somebody says so.
	plain := l.file("plain/results.csv", quotedStatement())
	if err := os.Chtimes(plain, time.Time{}, time.Date(2025, 4, 30, 1, 2, 3, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	l.want(0, []string{"captured 2025-04-30T01:02:03Z (mtime)"}, "import", "-r", "--mtime", filepath.Dir(plain))
	l.want(2, []string{"there are no files below"}, "import", "-r", t.TempDir())
}

// TestMovingInInAnyOrder imports one old tree in shuffled orders, in several goes with runs in between.
// The short form takes few files and orders; BEDROT_CRASH=full a thousand files, and two hundred orders
// of a shorter history.
func TestMovingInInAnyOrder(t *testing.T) {
	t.Parallel()
	files, orders := 25, 4
	if os.Getenv("BEDROT_CRASH") == "full" {
		t.Run("a thousand files", func(t *testing.T) { anyOrder(t, 1000, 2) })
		files, orders = 15, 200
	}
	anyOrder(t, files, orders)
}

func anyOrder(t *testing.T, files, orders int) {
	random := rand.New(rand.NewPCG(1987, 0))
	var first map[string]string
	for order := range orders {
		l := newLakeOn(t, manyTables)
		root, exports := oldTree(l, files)
		if order > 0 {
			random.Shuffle(len(exports), func(i, j int) { exports[i], exports[j] = exports[j], exports[i] })
		}
		// Half in one go, a run, and the rest with the tree.
		half := exports[:len(exports)/2]
		if order > 0 {
			l.ok(append([]string{"import"}, half...)...)
			l.run("run")
		}
		l.want(3, nil, "import", "-r", root)
		l.run("run")
		state := l.state()
		if first == nil {
			first = state
		}
		if names := differences(first, state); len(names) > 0 {
			t.Errorf("order %d ends in other bytes: %v", order, names)
		}
		_ = os.RemoveAll(filepath.Dir(l.root))
	}
}
