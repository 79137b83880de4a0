package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bedrot/sql"
	"bedrot/sql/fixture"
	"bedrot/zones"
)

// TestAnUnknownFileIsProfiled: the message says what it looks like, and the draft made of it is a source
// that reads it.
func TestAnUnknownFileIsProfiled(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text  string
		says  []string
		count string
	}{
		"Payout March.csv": {
			"Paid on,Performer,Work,ISWC,Plays,Royalty (EUR)\n03/31/2026,SOMEBODY,A SONG,T-034524680-1,\"1,204\",12.34\n04/30/2026,SOMEBODY,OTHER,T-034524681-2,7,n/a\n",
			[]string{"probably about royalties", "Paid on (day)", "Plays (whole number)", "Royalty (EUR) (decimal)", "Performer (text)", "bedrot profile"},
			"2",
		},
		"mail.json": {
			`{"total": 2, "answer": {"letters": [{"id": "aa1", "subject": "hello", "sent_at": "2026-03-01 10:00:00", "opens": 12, "bounces": 0}, {"id": "aa2", "subject": "again", "sent_at": "2026-03-02 10:00:00", "opens": 9}]}}`,
			[]string{"probably about email", "opens (whole number)", "sent_at (time)"},
			"2",
		},
	} {
		l := newLake(t)
		l.ownScripts = true
		path := l.file(name, c.text)
		l.want(1, append(c.says, "is no export that is known"), "import", path)
		var profile struct {
			Columns []struct{ Name, Type string }
		}
		if err := json.Unmarshal([]byte(l.ok("--json", "profile", path).out), &profile); err != nil || len(profile.Columns) < 5 {
			t.Errorf("%+v %v", profile, err)
		}
		l.ok("profile", "--draft", l.root, "--source", "society", path)
		l.want(2, []string{"there already"}, "profile", "--draft", l.root, "--source", "society", path)
		l.ok("import", path)
		l.ok("run")
		l.equal("select count(*) from raw.society__export", c.count)
		opened, err := zones.Open(l.root, "", zones.Files{})
		if err != nil {
			t.Fatal(err)
		}
		catalog, err := sql.Load(t.Context(), opened)
		if err != nil {
			t.Fatal(err)
		}
		cases, err := fixture.Find(filepath.Join(l.root, "testdata"))
		if err != nil || len(cases) != 1 {
			t.Fatal(cases, err)
		}
		found, err := (fixture.Runner{Catalog: catalog, Scripts: sql.Scripts(), Log: quietLog()}).Run(t.Context(), cases[0])
		if err != nil || len(found) > 0 {
			t.Errorf("%s: the drafted case fails: %v %v", name, found, err)
		}
		err = filepath.WalkDir(filepath.Join(l.root, "testdata"), func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			for _, private := range []string{"SOMEBODY", "A SONG", "12.34", "034524680", "hello"} {
				if strings.Contains(string(text), private) {
					t.Errorf("%s still holds %q", path, private)
				}
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	l := newLake(t)
	l.want(1, []string{"no table"}, "profile", l.file("x.txt", "nothing here\n"))
	l.want(2, nil, "profile")
}

// TestRejectsBecomeACase: what was rejected can be shown to others without what was private in it.
func TestRejectsBecomeACase(t *testing.T) {
	t.Parallel()
	l := newLake(t)
	l.ok("import", l.file("bank_20250701_000000.tsv", bankFile("\n",
		sale{"2025-04", "Spotify", isrc, "1", "12.345678901234"}, sale{"2025-04", "Spotify", isrc, "1", "98765.4321 USD"}, sale{"April", "Deezer", isrc, "1", "#REF!"})))
	l.ok("import", l.file("SOMEBODY-audience-timeline_20250701_000000.csv", "date,listeners,streams,followers\n2025-06-01,1,2,3\n2025-06-02,77x,8,9\n"))
	l.run("run")
	dir := t.TempDir()
	l.ok("rejects", "--as-case", dir)
	l.ok("test", dir)
	bank, err := os.ReadFile(filepath.Join(dir, "distrokid/rejects_of_bank_1/landing/distrokid/bank/main/bank_20250701_000000.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(bank)
	if strings.Count(text, "\n") != 3 || strings.Contains(text, "98765") || strings.Contains(text, isrc) || strings.Contains(text, "NIGHT RIDE") || !strings.Contains(text, "#REF!") || !strings.Contains(text, " USD") {
		t.Errorf("%s", text)
	}
	audience, err := filepath.Glob(filepath.Join(dir, "spotify/rejects_of_audience_1/landing/spotify/audience/main/*"))
	if err != nil || len(audience) != 1 || strings.Contains(audience[0], "SOMEBODY") {
		t.Errorf("%v %v", audience, err)
	}
	l.want(2, []string{"there already"}, "rejects", "--as-case", dir)
}
