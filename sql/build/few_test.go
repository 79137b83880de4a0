package build

import (
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"bedrot/sql/duck"
	"bedrot/sql/script"
	"bedrot/zones"
)

var fewScripts = map[string]string{
	"s/10_raw_facts.sql": "-- One row per fact, as text.\n-- format: csv\n-- columns: month, name, value\n-- partition: account, month\n" +
		"-- shrink: 100 %\nselect month, name, value from landing\n",
	"s/20_staging_facts.sql": "-- One row per fact.\n-- partition: month\n-- key: none\n-- check warn: value < 9\n" +
		"select month, name, value::bigint as value from raw.s__facts\n",
	"s/20_staging_names.sql": "-- One row per name.\n-- key: name\nselect name, max(value) as value from staging.s__facts group by name\n",
	"s/20_staging_values.sql": "-- One row per value.\n-- partition: month\n-- key: value\n" +
		"select month, value from staging.s__facts where name = 'unique'\n",
	"s/30_curated_facts.sql": "-- One row per fact.\n-- partition: month\n-- key: month, name\n-- check: value > 0\n" +
		"-- column month: Month.\n-- column name: Name.\n-- column value: Value.\n-- column most: Most.\n" +
		"select f.month, f.name, f.value, n.value as most from staging.s__facts as f inner join staging.s__names as n on f.name = n.name\n",
	"s/20_staging_many.sql": "-- One row per fact and number.\n-- partition: month\n-- key: none\n" +
		"select month, name, unnest(range(100)) as number from staging.s__facts\n",
	"s/30_curated_none.sql": "-- One row per fact.\n-- partition: month\n-- key: month, name\n" +
		"-- column month: Month.\n-- column name: Name.\nselect month, name from staging.s__facts where value > 1000\n",
}

// fewNights are what lands: a month that changes and new ones with a row that a check warns of, a key that
// comes twice in one month, then one over two, and a row that a check blocks.
var fewNights = []string{
	"2025-01,a,1\n2025-01,b,2\n2025-02,a,3\n2025-02,it's,4\n2025-03,unique,5\n",
	"2025-02,a,3\n2025-02,it's,5\n2025-04,c,9\n2025-04,d,2\n2025-05,d,2\n",
	"2025-05,d,2\n2025-05,d,3\n",
	"2025-05,unique,5\n2025-01,b,0\n2025-01,a,1\n",
}

// TestFewRowsAndMany builds the same nights with the rows kept in a table and with files for all: each night
// finds the same, and ends in the same rows, and in curated in the same bytes.
func TestFewRowsAndMany(t *testing.T) {
	system := fstest.MapFS{}
	for name, text := range fewScripts {
		system[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	catalog, err := script.Load(t.Context(), script.Folder{FS: system})
	if err != nil {
		t.Fatal(err)
	}
	var ends [2][]map[string]string
	for i, few := range []int64{-1, 20} {
		root := t.TempDir()
		for night, text := range fewNights {
			ends[i] = append(ends[i], buildFew(t, catalog, root, night, text, few))
		}
	}
	kinds := map[string]int{}
	for night := range fewNights {
		many, few := ends[0][night], ends[1][night]
		if !maps.Equal(many, few) {
			t.Errorf("night %d: with files\n%q\nwith a table\n%q", night+1, many, few)
		}
		for what := range few {
			kinds[what]++
		}
	}
	for _, what := range []string{
		"staging.s__facts 2025-05", "curated.facts 2025-05", "check staging.s__facts check: value < 9", "check curated.facts check: value > 0",
		"check curated.facts key: month, name", "check staging.s__values key: value",
	} {
		if kinds[what] == 0 {
			t.Errorf("no night has %s: %v", what, kinds)
		}
	}
}

// buildFew lands and builds a night and tells what there is after it and what was found.
func buildFew(t *testing.T, catalog *script.Catalog, root string, night int, text string, few int64) map[string]string {
	t.Helper()
	now := time.Date(2026, 1, 1+night, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	file := filepath.Join(t.TempDir(), "facts.csv")
	if err := os.WriteFile(file, []byte("month,name,value\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	lake, err := zones.Init(root, "", zones.Files{}, now)
	if err != nil {
		t.Fatal(err)
	}
	w, err := lake.Lock("test", now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	drop := zones.Drop{Source: "s", Stream: "facts", Account: "main", AsOf: now, AsOfFrom: "flag", Origin: "test"}
	if _, err := w.Land(t.Context(), zones.Delivery{Drop: drop, Paths: []string{file}}, now); err != nil {
		t.Fatal(err)
	}
	journal, err := w.Journal(fmt.Sprintf("2026010%dT000000Z-000000", 1+night), clock)
	if err != nil {
		t.Fatal(err)
	}
	db, err := duck.Open(t.Context(), duck.Options{Threads: 1, Temp: w.Scratch.Dir})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	b := &Builder{Lake: w, Catalog: catalog, DB: db, Journal: journal, Log: slog.New(slog.DiscardHandler), Now: clock, few: few}
	result, err := b.Build(t.Context(), Options{RunDate: "2026-01-01"})
	if err != nil {
		t.Fatal(err)
	}
	end := map[string]string{}
	for _, finding := range result.Findings {
		end["check "+finding.Table+" "+finding.Rule] = fmt.Sprintf("%s, found %s, blocks %t", finding.What, finding.Found, finding.Blocks)
	}
	for _, table := range result.Tables {
		end[table.Table] = fmt.Sprintf("%d built, %d kept, %d rows, %q", table.Built, table.Kept, table.Rows, table.Partitions)
	}
	version, err := lake.Current()
	if err != nil {
		t.Fatal(err)
	}
	for name := range version.Tables {
		table, err := version.Table(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range table.Parts {
			end[name+" "+part.Key] = part.Fingerprint
			if strings.HasPrefix(name, "curated.") {
				end[name+" "+part.Key] += " " + part.SHA256
			}
		}
	}
	return end
}
