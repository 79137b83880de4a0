package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bedrot/sql/build"
)

// TestANightTouchesWhatItTouches: with all marts built, a night of one statement and a few days builds
// the partitions these are in, of tables that look across months, too; a night without news, on another
// day, builds nothing; and a whole build ends in the same bytes.
func TestANightTouchesWhatItTouches(t *testing.T) {
	t.Parallel()
	l := newLakeOn(t, func(l *lake) { l.marts = true })
	l.inLake("catalog/artists.csv", "source,alias,artist\n,ZONE A0,ZONE A0\n")
	month := func(at int) string {
		return time.Date(2023, time.Month(11+at), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
	}
	statement := func(from, to int) string {
		var sales []sale
		for at := from; at < to; at++ {
			for i := range 6 {
				sales = append(sales, sale{month(at), []string{"Spotify", "Deezer", "iTunes"}[i%3], isrc, "40", fmt.Sprintf("0.%012d", at*7919+i*104729)})
			}
		}
		return bankFile("\n", sales...)
	}
	// A sale month is booked in its own month: the new one is January 2025.
	l.ok("import", l.file("bank_20250115_000000.tsv", statement(0, 14)))
	l.ok("import", l.file("ZONE A0-audience-timeline_20250115_000000.csv", audienceFile("2024-11-01", make([]int, 60)...)))
	l.ok("run", "--date", "2025-01-20")

	l.now = l.now.Add(24 * time.Hour)
	l.ok("import", l.file("bank_20250215_000000.tsv", statement(14, 15)))
	l.ok("import", l.file("ZONE A0-audience-timeline_20250215_000000.csv", audienceFile("2024-12-20", make([]int, 20)...)))
	var night build.Report
	if err := json.Unmarshal([]byte(l.ok("--json", "run", "--date", "2025-02-20").out), &night); err != nil {
		t.Fatal(err)
	}
	// Money of a month is in all windows of 24 months that hold it, the last of which ends in 2026.
	touched := []string{"2024-12", "2025-01", "2024", "2025", "2026"}
	catalog, err := loadEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]int{}
	for _, table := range night.Result.Tables {
		if len(catalog.Script(table.Table).Header.Partition) == 0 || strings.HasPrefix(table.Table, "raw.") {
			continue
		}
		kept[table.Table] = table.Kept
		for _, key := range table.Partitions {
			for _, value := range strings.Split(key, ",") {
				if !slices.Contains(touched, value) {
					t.Errorf("%s: partition %s was built, and nothing in it is new", table.Table, key)
				}
			}
		}
	}
	for _, table := range []string{"royalties", "revenue_by_store", "royalty_recordings", "sale_months", "track_performance", "streams_daily", "column_years"} {
		if kept["curated."+table] == 0 {
			t.Errorf("curated.%s kept no partition", table)
		}
	}
	incremental := l.state()
	l.now = l.now.Add(24 * time.Hour)
	l.want(0, []string{"nothing changed"}, "run", "--date", "2025-03-20")
	l.ok("build", "--full", "--date", "2025-04-20")
	if names := differences(incremental, l.state()); len(names) > 0 {
		t.Errorf("built whole, other bytes: %v", names)
	}
}
