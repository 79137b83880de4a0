package main

import (
	"os"
	"regexp"
	"testing"
)

// TestATenthSourceByTheReadme follows the README's recipe to the letter: the two scripts it shows, put
// into LAKE/sql/, bring a new source into feeds.streams and curated.streams_daily.
func TestATenthSourceByTheReadme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	scripts := regexp.MustCompile("(?s)```sql\n(-- [^\n]*?) +\\((\\d0_\\w+\\.sql)\\)\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(scripts) != 2 {
		t.Fatalf("the README shows %d scripts", len(scripts))
	}
	l := newLake(t)
	l.ownScripts = true
	l.ok("import", l.file("ZONE A0-audience-timeline_20260101_000000.csv", audienceFile("2025-12-20", 10, 11)))
	l.ok("run")
	before := l.one("select sum(streams) from curated.streams_daily")
	for _, script := range scripts {
		l.inLake("sql/boomplay/"+script[2], script[1]+"\n"+script[3])
	}
	l.inLake("inbox/boomplay_report_20260102_000000.csv", "day,performer,plays\n2025-12-20,ZONE A0,7\n2025-12-21,ZONE A0,5\n2025-12-21,PIG1987,3\n")
	l.ok("run")
	l.equal("select string_agg(date || ' ' || artist_name || ' ' || streams, ', ' order by date, artist_name) from feeds.streams where source = 'boomplay'", "2025-12-20 ZONE A0 7, 2025-12-21 PIG1987 3, 2025-12-21 ZONE A0 5")
	l.equal("select sum(streams) from curated.streams_daily where platform = 'boomplay'", "15")
	l.equal("select sum(streams) from curated.streams_daily where platform <> 'boomplay'", before)
	l.equal("select count(*) from raw.boomplay__report", "3")
}

// TestAStatementByMapping: a person's mapping brings a society's statement into the royalties; one with a
// mistake disables itself, says where, and leaves the rest alone.
func TestAStatementByMapping(t *testing.T) {
	t.Parallel()
	l := newLake(t)
	l.ownScripts = true
	const mapping = `title = "A society"
[columns]
reporting_date = "Abrechnung"
sale_date = "Monat"
title = "Werk"
store = "Sparte | Nutzung"
units = "Anzahl"
amount = "Betrag"
currency = "Währung"
[formats]
reporting_date = ["%d.%m.%Y"]
sale_date = ["%m/%Y"]
decimal = ","
thousands = "."
[stores."Online"]
platform = "society"
class = "streaming"
`
	l.inLake("catalog/mappings/society.toml", mapping)
	l.inLake("catalog/fx.csv", "date,currency,usd\n2026-01-01,EUR,1.1\n")
	l.inLake("inbox/abrechnung.csv", "Abrechnung;Monat;Werk;Nutzung;Anzahl;Betrag;Währung\n15.01.2026;11/2025;LIED;Online;1.200;1.234,50;EUR\n15.01.2026;11/2025;LIED;Radio;3;-0,50;EUR\n")
	l.ok("run")
	l.equal("select string_agg(sale_month || ' ' || store || ' ' || coalesce(units::varchar, '-') || ' ' || coalesce(streams::varchar, '-') || ' ' || gross || ' ' || currency || ' ' || gross_usd, ', ' order by store) from curated.royalties",
		"2025-11 Online 1200 1200 1234.500000000000 EUR 1357.950000000000, 2025-11 Radio - - -0.500000000000 EUR -0.550000000000")
	l.inLake("catalog/mappings/other.toml", "title = \"B\"\ncolour = \"red\"\n")
	l.inLake("catalog/mappings/empty.toml", "title = \"C\"\n")
	l.want(3, []string{"catalog/mappings/other.toml:2", "unknown key colour", "catalog/mappings/empty.toml", "[columns] amount is missing", "one of the two", "strptime"}, "run")
	l.equal("select sum(gross) from curated.royalties", "1234.000000000000")
}
