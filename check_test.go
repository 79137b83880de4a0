package main

import (
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bedrot/export"
	"bedrot/zones"
)

// manyNights is a lake with several versions, a verdict, a rejected drop and two streams.
func manyNights(t *testing.T) *lake {
	t.Helper()
	return manyNightsOn(t, func(*lake) {})
}

func manyNightsOn(t *testing.T, settings func(*lake)) *lake {
	t.Helper()
	l := newLakeOn(t, settings)
	bank := arrivals(l)
	files := append(bank[:2], l.file("ZONE A0-audience-timeline_20250301_000000.csv", audienceFile("2025-02-01", 7, 8, 9)))
	for night, file := range files {
		l.now = clock.AddDate(0, 0, night)
		l.ok("import", file)
		l.ok("run")
	}
	return l
}

// filesOf lists what bedrot made in some folders of a lake.
func (l *lake) filesOf(folders ...string) []string {
	l.t.Helper()
	var files []string
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(l.root, folder), func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			l.t.Fatal(err)
		}
	}
	return files
}

func flip(t *testing.T, path string, bit int) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		data[bit/8] ^= 1 << (bit % 8)
		if err = os.Chmod(path, 0o644); err == nil {
			err = os.WriteFile(path, data, 0o644)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestEveryFlippedBitIsNamed flips one bit at a time anywhere in landing, raw, staging or curated,
// documents too: check names the very file.
func TestEveryFlippedBitIsNamed(t *testing.T) {
	t.Parallel()
	l := manyNights(t)
	files := l.filesOf("landing", "raw", "versions")
	if len(files) < 60 {
		t.Fatalf("the lake has %d files: too few to prove anything", len(files))
	}
	verify := func() zones.Verified {
		opened, err := zones.Open(l.root, "", zones.Files{})
		if err != nil {
			t.Fatal(err)
		}
		verified, err := opened.Verify(t.Context(), zones.Subset{})
		if err != nil {
			t.Fatal(err)
		}
		return verified
	}
	if v := verify(); len(v.Damaged)+len(v.Unknown) > 0 {
		t.Fatalf("an untouched lake: %+v", v)
	}
	random := rand.New(rand.NewPCG(3, 500))
	for range 500 {
		file := files[random.IntN(len(files))]
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		bit := random.IntN(int(info.Size()) * 8)
		flip(t, file, bit)
		named := false
		found := verify().Damaged
		for _, damage := range found {
			other, err := os.Stat(filepath.Join(l.root, damage.File))
			named = named || err == nil && os.SameFile(info, other) && damage.Next != ""
		}
		if !named {
			t.Errorf("bit %d of %s: check names %+v", bit, file, found)
		}
		flip(t, file, bit)
	}
	if v := verify(); len(v.Damaged) > 0 {
		t.Fatalf("all bits flipped back: %+v", v)
	}
}

// TestWhatCheckSaysNextHelps does what check says until it finds nothing more: the tables are the same.
func TestWhatCheckSaysNextHelps(t *testing.T) {
	t.Parallel()
	for name, patterns := range map[string][]string{
		"raw":      {"raw/distrokid__bank/*.parquet", "raw/spotify__audience/*.json"},
		"tables":   {"current/curated/royalties/*.parquet", "current/tables/curated.streams_daily.json", "current/tables/raw.distrokid__bank.json"},
		"versions": {"current/version.json"},
	} {
		t.Run(name, func(t *testing.T) {
			l := manyNights(t)
			before := l.query("from curated.royalties order by all")
			for _, pattern := range patterns {
				paths, err := filepath.Glob(filepath.Join(l.root, pattern))
				if err != nil || len(paths) == 0 {
					t.Fatal(pattern, paths, err)
				}
				flip(t, paths[0], 8*99)
			}
			rounds := 0
			for ; ; rounds++ {
				s := l.run("--json", "check")
				var found export.Checked
				if err := json.Unmarshal([]byte(s.out), &found); err != nil {
					t.Fatalf("%v: %s%s", err, s.out, s.err)
				}
				if found.Sound() {
					break
				}
				if s.code != 1 || rounds == 6 {
					t.Fatalf("round %d, exit %d: %s", rounds, s.code, s.out)
				}
				l.follow(found.Damaged[0].Next)
			}
			if rounds == 0 {
				t.Fatal("check found nothing")
			}
			after := l.query("from curated.royalties order by all")
			if len(before) != len(after) || len(before) < 2 {
				t.Errorf("%d rows before, %d after", len(before), len(after))
			}
			for i := range before {
				if strings.Join(before[i], "\t") != strings.Join(after[i], "\t") {
					t.Errorf("row %d was %v, is %v", i, before[i], after[i])
				}
			}
		})
	}
}

// follow runs a next step as a person would paste it.
func (l *lake) follow(next string) {
	l.t.Helper()
	next, _, _ = strings.Cut(next, "   (")
	for _, command := range strings.Split(next, " && ") {
		if args, ok := strings.CutPrefix(command, "bedrot "); ok {
			if s := l.run(strings.Fields(args)...); s.code != 0 && s.code != 3 { // 3: retention waits for the older version
				l.t.Fatalf("bedrot %s: %d %s", args, s.code, s.err)
			}
		} else if out, err := exec.CommandContext(l.ctx, "/bin/sh", "-c", strings.Replace(command, "rm ", "rm -f ", 1)).CombinedOutput(); err != nil {
			l.t.Fatalf("%s: %v: %s", command, err, out)
		}
	}
}

// TestCheckCounts changes numbers, not files: a manifest that is sealed and wrong is found by counting.
func TestCheckCounts(t *testing.T) {
	t.Parallel()
	l := manyNights(t)
	if s := l.ok("check"); !strings.Contains(s.out, "0 damaged") || !strings.Contains(s.out, "0 differences") {
		t.Error(s.out)
	}
	opened, err := zones.Open(l.root, "", zones.Files{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := opened.Lock("test", l.now)
	if err != nil {
		t.Fatal(err)
	}
	version, err := opened.Current()
	if err != nil {
		t.Fatal(err)
	}
	draft, err := w.NewDraft("20260110T000000Z-abcdef", version.RunDate, version.Engine, l.now)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range version.Names("") {
		table, err := version.Table(name)
		if err != nil {
			t.Fatal(err)
		}
		if name == "raw.distrokid__bank" {
			table.Winners = append([]zones.Winner{}, table.Winners...)
			table.Winners[0].Money = "1000.00"
		}
		if err := draft.PutTable(table); err != nil {
			t.Fatal(err)
		}
	}
	draft.Views = version.Views
	if err := draft.Publish(); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s := l.want(1, nil, "check")
	for _, text := range []string{"0 damaged", "1 differences", "differs: raw.distrokid__bank: winning earnings_usd: its manifest says 1000.", "next: bedrot build --full"} {
		if !strings.Contains(s.out, text) {
			t.Errorf("check does not say %q but\n%s", text, s.out)
		}
	}
	l.ok("build", "--full")
	l.ok("check")
}

// TestSubsetsCoverTheLake reads every file once over all subsets.
func TestSubsetsCoverTheLake(t *testing.T) {
	t.Parallel()
	l := manyNights(t)
	opened, err := zones.Open(l.root, "", zones.Files{})
	if err != nil {
		t.Fatal(err)
	}
	read := func(s zones.Subset) (files int64) {
		v, err := opened.Verify(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		return v.Files
	}
	documents := read(zones.Subset{K: 1, N: 1 << 30})
	all, parts, most := read(zones.Subset{})-documents, int64(0), int64(0)
	for k := 1; k <= 4; k++ {
		n := read(zones.Subset{K: k, N: 4}) - documents
		parts, most = parts+n, max(most, n)
	}
	if parts != all || most > all/2 {
		t.Errorf("4 subsets read %d of %d files, one of them %d", parts, all, most)
	}
	l.want(2, []string{"--subset"}, "check", "--subset", "5/4")
	l.ok("check", "--subset", "2/3")
}
