package main

import (
	"strings"
	"testing"

	"bedrot/zones"
)

func TestOnlyWhatIsChosen(t *testing.T) {
	t.Parallel()
	l := newLake(t)
	l.inLake("inbox/label/bank_20250301_000000.tsv", firstStatement())
	l.inLake("inbox/second/bank_20250301_000000.tsv", bankFile("\n", sale{jan, "Deezer", isrc, "5", "0.05"}))
	l.inLake("inbox/label/ZONE A0-audience-timeline_20250301_000000.csv", audienceFile("2025-02-01", 7, 8, 9))

	l.want(0, []string{"not taken: spotify/audience:label was not chosen", "not taken: distrokid/bank:second"}, "run", "--only", "distrokid/bank:label")
	l.equal("select string_agg(distinct account, ',') from curated.royalties", "label")
	l.equal("select count(*) from curated.streams_daily", "0")

	l.want(0, []string{"spotify/audience:label"}, "run", "--except", "distrokid:second")
	l.equal("select count(*) from curated.streams_daily", "3")
	l.equal("select count(distinct account) from curated.royalties", "1")

	// What has landed, and was not chosen when it was built, is built once it is.
	l.ok("import", "--account", "second", l.root+"/inbox/second/bank_20250301_000000.tsv")
	l.want(0, []string{"nothing changed"}, "build", "--only", "spotify")
	l.ok("build", "--only", "distrokid:second")
	l.equal("select sum(gross_usd) from curated.royalties", "0.905691357802")

	l.want(2, []string{"write source"}, "run", "--only", "distro kid")
	l.want(2, []string{"the steps are"}, "run", "--skip", "thinking")
}

// However a history was chosen piece by piece, it ends in the bytes of one run over all of it.
func TestChosenPieceByPieceEndsInTheSameBytes(t *testing.T) {
	t.Parallel()
	whole, pieces := newLakeOn(t, manyTables), newLakeOn(t, manyTables)
	for _, l := range []*lake{whole, pieces} {
		for _, path := range arrivals(l) {
			l.ok("import", path)
		}
		l.ok("import", "--account", "second", l.file("bank_20250301_000000.tsv", bankFile("\n", sale{jan, "Deezer", isrc, "5", "0.05"})))
		l.ok("import", l.file("ZONE A0-audience-timeline_20250301_000000.csv", audienceFile("2025-02-01", 7, 8, 9)))
	}
	whole.ok("run")
	for _, choice := range []string{"spotify", "distrokid:second", "distrokid/bank"} {
		pieces.ok("run", "--only", choice)
	}
	if names := differences(whole.state(), pieces.state()); len(names) > 0 {
		t.Errorf("differ: %v", names)
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	t.Parallel()
	l := newLakeOn(t, manyTables)
	l.ok("import", arrivals(l)[0])
	l.ok("run")
	l.ok("import", arrivals(l)[1])
	l.inLake("inbox/label/bank_20250501_000000.tsv", firstStatement())
	before := treeHash(t, l.root)
	said := l.want(0, []string{
		"would land as distrokid/bank:label, captured 2025-05-01T00:00:00Z (name)",
		"would write staging.distrokid__sales: 1 partitions, keep 1: 2025-02 (1 partitions changed in raw.distrokid__bank)",
		"would write curated.royalties: 1 partitions, keep 1: 2025-02",
		"dry run, nothing was changed",
	}, "run", "--dry-run")
	if strings.Contains(said.err, "published") {
		t.Errorf("a dry run says that it published: %s", said.err)
	}
	if names := differences(before, treeHash(t, l.root)); len(names) > 0 {
		t.Errorf("changed: %v", names)
	}
	l.want(0, []string{"would land as"}, "import", "--dry-run", l.file("x/bank_20250601_000000.tsv", firstStatement()))
	if names := differences(before, treeHash(t, l.root)); len(names) > 0 {
		t.Errorf("changed: %v", names)
	}
	l.ok("run")
	l.equal("select sum(gross_usd) from curated.royalties where account = 'main'", "0.864691357803")
}

func TestRepeatWhatFailed(t *testing.T) {
	t.Parallel()
	l := newLake(t)
	l.ok("import", arrivals(l)[0])
	l.ok("run")
	l.want(0, []string{"nothing failed"}, "run", "--failed")
	l.ok("import", "--account", "second", l.file("bank_20250302_000000.tsv", strings.Replace(firstStatement(), "0.031000000000", "#REF!", 1)))
	l.run("run")
	l.ok("import", l.file("ZONE A0-audience-timeline_20250301_000000.csv", audienceFile("2025-02-01", 7, 8, 9)))
	l.want(3, []string{"repeating [distrokid/bank:second]"}, "run", "--failed")
	l.equal("select count(*) from curated.streams_daily", "0")
}

func TestSkippedSteps(t *testing.T) {
	t.Parallel()
	l := newLake(t)
	l.inLake("inbox/label/bank_20250301_000000.tsv", firstStatement())
	l.ok("run", "--skip", "import,extract,export")
	l.equal("select count(*) from meta.drops", "0")
	l.ok("run", "--skip", "build")
	l.equal("select count(*) from meta.drops", "0")
	l.ok("run", "--skip", "import")
	l.equal("select sum(gross_usd) from curated.royalties", "0.855691357802")
}

func TestSelection(t *testing.T) {
	s, err := zones.ParseSelection([]string{"distrokid/bank", "spotify:label"}, []string{"distrokid/bank:old"})
	if err != nil {
		t.Fatal(err)
	}
	for place, want := range map[[3]string]bool{
		{"distrokid", "bank", "label"}: true, {"distrokid", "bank", "old"}: false, {"distrokid", "streams", "label"}: false,
		{"spotify", "songs", "label"}: true, {"spotify", "songs", "other"}: false, {"tiktok", "x", "label"}: false,
	} {
		if got := s.Has(place[0], place[1], place[2]); got != want {
			t.Errorf("%v is chosen: %v, want %v", place, got, want)
		}
	}
	for _, wrong := range []string{"", "/bank", "distrokid/", "distrokid:", "a b", "../x", "a/b/c"} {
		if p, err := zones.ParsePattern(wrong); err == nil {
			t.Errorf("%q is read as %+v", wrong, p)
		}
	}
}
