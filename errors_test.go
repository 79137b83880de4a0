package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"bedrot/sql/build"
	"bedrot/zones"
)

const letters = `-- One row per letter.
-- format: json
-- columns: id, day
-- records: []
-- identity: id
-- refuse: email_address
-- partition: account, month, day
select
    record->>'id' as id,
    iso_date(record->>'day') as day,
    month_of(iso_date(record->>'day')) as month
from landing
`

// raisers provoke each kind of error on a lake of its own and return what is told on stderr as JSON,
// or, for what a run finds, the run's report.
var raisers = map[string]func(l *lake) said{
	"usage":  func(l *lake) said { return l.run("--json", "import") },
	"config": func(l *lake) said { l.inLake("lake.toml", "nonsense = 1\n"); return l.run("--json", "run") },
	"warehouse_unreachable": func(l *lake) said {
		l.inLake(".env", "BEDROT_POSTGRES=postgres://nobody:hidden@127.0.0.1:1/nowhere\n")
		if err := os.Chmod(filepath.Join(l.root, ".env"), 0o600); err != nil {
			l.t.Fatal(err)
		}
		s := l.want(build.ExitPartly, nil, "--json", "run") // the lake is promoted all the same
		l.equal("select count(*) from curated.royalties", "0")
		if strings.Contains(s.out+s.err, "hidden") {
			l.t.Errorf("a password is told: %s%s", s.out, s.err)
		}
		l.ok("run", "--skip", "export")
		return s
	},
	"run_late":       func(l *lake) said { return l.run("--json", "status", "--check") },
	"source_unknown": func(l *lake) said { return l.run("--json", "sources", "nowhere") },
	"login_needed": func(l *lake) said {
		return l.withLogins(ageKey(l.t)).run("--json", "session", "export", "tiktok", "--account", "pig1987")
	},
	"login_unusable": func(l *lake) said {
		return l.withLogins(ageKey(l.t)).run("--json", "session", "import", l.file("none.json", "[]"), "--source", "tiktok", "--account", "pig1987")
	},
	"login_ending": func(l *lake) said {
		l.withLogins(ageKey(l.t)).ok("session", "import", tiktokCookies(l, 2), "--source", "tiktok", "--account", "pig1987")
		return l.run("--json", "extract", "--dry-run")
	},
	"data_late": func(l *lake) said {
		l.published()
		l.now = l.now.AddDate(2, 0, 0)
		return l.run("--json", "status", "--check")
	},
	"run_failed": func(l *lake) said {
		l.inLake("inbox/nonsense.csv", "a,b\n1,2\n")
		l.run("run")
		return l.run("--json", "status", "--check")
	},
	"inbox_waiting": func(l *lake) said {
		l.inLake("inbox/nonsense.csv", "a,b\n1,2\n")
		return l.run("--json", "status", "--check")
	},
	"drop_held": func(l *lake) said {
		l.ok("import", l.file("bank_20250701_000000.tsv", bankFile("\n", sale{"2025-04", "Spotify", isrc, "1", "a lot"})))
		l.run("run")
		return l.run("--json", "status", "--check")
	},
	"table_stale": func(l *lake) said {
		l.inLake("sql/desk/30_curated_rows.sql", "-- One row.\n-- key: n\n-- column n: a number\nselect 1::bigint as n\n")
		l.ok("run")
		l.inLake("sql/desk/30_curated_rows.sql", "-- One row.\n-- key: n\n-- check: n = 3\n-- column n: a number\nselect 2::bigint as n\n")
		l.run("run")
		return l.run("--json", "status", "--check")
	},
	"file_private": func(l *lake) said {
		l.inLake("sql/desk/10_raw_letters.sql", letters)
		l.ownScripts = true
		return l.run("--json", "import", l.file("x.json", `[{"id": "1", "day": "2026-01-01", "email_address": "a@example.com"}]`))
	},
	"other_account": func(l *lake) said {
		l.inLake("sql/desk/10_raw_letters.sql", letters)
		l.ownScripts = true
		l.ok("import", "--as-of", "2026-01-01", l.file("x.json", `[{"id": "mine", "day": "2026-01-01"}]`))
		l.ok("run")
		l.ok("import", "--as-of", "2026-01-02", l.file("y.json", `[{"id": "theirs", "day": "2026-01-02"}]`))
		return l.run("--json", "run")
	},
	"lines_gone": func(l *lake) said {
		l.inLake("sql/desk/10_raw_letters.sql", strings.Replace(letters, "-- partition: account, month, day\n", "-- partition: account, month, day, id\n-- pages: id\n", 1))
		l.ownScripts = true
		l.ok("import", "--as-of", "2026-01-02", l.file("x.json", `[{"id": "a", "day": "2026-01-01"}, {"id": "b", "day": "2026-01-01"}]`))
		l.ok("run")
		l.ok("import", "--as-of", "2026-01-03", l.file("y.json", `[{"id": "a", "day": "2026-01-01"}]`))
		return l.run("--json", "run")
	},
	"disk_low": func(l *lake) said {
		l.inLake("lake.toml", "[health]\nfree_disk = \"900000TB\"\n")
		return l.run("--json", "status", "--check")
	},
	"lake_missing": func(l *lake) said { l.root = l.t.TempDir(); return l.run("--json", "run") },
	"environment": func(l *lake) said {
		l.inLake(".lake.json", `{"format": 1, "env": "live"}`)
		return l.run("--json", "--env", "try", "run")
	},
	"secrets_readable": func(l *lake) said { l.inLake(".env", "SECRET=1\n"); return l.run("--json", "run") },
	"lake_newer": func(l *lake) said {
		l.inLake(".lake.json", `{"format": 99}`)
		return l.run("--json", "run")
	},
	"lake_locked": func(l *lake) said {
		opened, err := zones.Open(l.root, "", zones.Files{})
		if err != nil {
			l.t.Fatal(err)
		}
		w, err := opened.Lock("run", l.now)
		if err != nil {
			l.t.Fatal(err)
		}
		defer func() { _ = w.Close() }()
		return l.run("--json", "run")
	},
	"lake_readonly": func(l *lake) said {
		l.files.Fault = func(string, string) error { return syscall.EROFS }
		if err := os.RemoveAll(filepath.Join(l.root, "run")); err != nil {
			l.t.Fatal(err)
		}
		return l.run("--json", "run")
	},
	"interrupted": func(l *lake) said {
		var stop context.CancelFunc
		l.ctx, stop = context.WithCancel(l.ctx)
		stop()
		return l.run("--json", "run")
	},
	"disk_full":  func(l *lake) said { return l.failing(syscall.ENOSPC) },
	"disk_error": func(l *lake) said { return l.failing(syscall.EIO) },
	"permission": func(l *lake) said { return l.failing(syscall.EACCES) },
	"failed":     func(l *lake) said { return l.failing(syscall.ENXIO) },
	"memory": func(l *lake) said {
		l.ok("import", arrivals(l)[0])
		return l.run("--json", "run", "--memory", "1MB")
	},
	"pointer_damaged": func(l *lake) said {
		if err := os.Symlink("elsewhere", filepath.Join(l.root, "current")); err != nil {
			l.t.Fatal(err)
		}
		return l.run("--json", "query", "select 1")
	},
	"version_damaged": func(l *lake) said {
		l.published()
		l.overwrite("versions/*/version.json", "{")
		return l.run("--json", "query", "select 1")
	},
	"manifest_damaged": func(l *lake) said {
		l.published()
		l.overwrite("versions/*/tables/curated.royalties.json", "{}")
		return l.run("--json", "query", "from curated.royalties")
	},
	"drop_damaged": func(l *lake) said {
		l.ok("import", arrivals(l)[0])
		l.overwrite("landing/distrokid/bank/account=main/drop=*/drop.json", "{")
		return l.run("--json", "run")
	},
	"not_a_file":      func(l *lake) said { return l.run("--json", "import", l.root) },
	"file_unreadable": func(l *lake) said { return l.run("--json", "import", "nowhere.csv") },
	"file_unknown":    func(l *lake) said { return l.importing("orders.csv", "order,customer\n1,2\n") },
	"file_ambiguous":  raiseAmbiguous,
	"file_changing":   raiseChanging,
	"name_says_too_little": func(l *lake) said {
		return l.importing("songs.csv", "song,listeners,streams,saves,release_date\nA,1,2,3,2025-01-01\n")
	},
	"file_archive": func(l *lake) said { return l.importing("results.zip", "PK\x03\x04"+strings.Repeat("x", 100)) },
	"file_no_rows": func(l *lake) said { return l.running("bank_20250301_000000.tsv", bankHeader+"\n") },
	"file_empty":   func(l *lake) said { return l.told("distrokid", "bank", "") },
	"file_binary":  func(l *lake) said { return l.told("distrokid", "bank", strings.Repeat("\x00\x01\x02", 300)) },
	"file_html": func(l *lake) said {
		return l.told("distrokid", "bank", "<!doctype html><html><head><title>Log in</title></head></html>")
	},
	"file_columns": func(l *lake) said {
		return l.told("distrokid", "bank", strings.Replace(firstStatement(), "Earnings", "Total", 1))
	},
	"file_json": func(l *lake) said {
		return l.running("streams.html", chart("trend365day", day)+`AmCharts.makeChart("trend60day", {"dataProvider": [{"category": </script>`)
	},
	"file_records": func(l *lake) said { return l.landing("distrokid", "streams", "streams.html", chart("trend365day", "")) },
	"schema_drift": func(l *lake) said {
		return l.running("bank_20250301_000000.tsv", withColumn(bankFile("\n", manySales(1)...)))
	},
	"file_warning": func(l *lake) said {
		return l.running("bank_20250301_000000.tsv", strings.Replace(bankFile("\n", manySales(2)...), "\n", "\n\n", 1))
	},
	"file_header": func(l *lake) said {
		return l.running("bank_20250301_000000.tsv", withColumn(withColumn(bankFile("\n", manySales(1)...))))
	},
	"max_rejects": func(l *lake) said {
		return l.running("bank_20250301_000000.tsv", strings.Replace(firstStatement(), "0.031000000000", "#REF!", 1))
	},
	"shrink": func(l *lake) said {
		l.ok("import", l.file("bank_20250301_000000.tsv", bankFile("\n", manySales(3)...)))
		return l.running("bank_20250401_000000.tsv", bankFile("\n", manySales(2)...))
	},
	"overlap": func(l *lake) said {
		a, b := l.file("a/bank.tsv", bankFile("\n", manySales(3)...)), l.file("b/bank.tsv", bankFile("\n", manySales(2)...))
		l.ok("import", "--as-of", "2025-03-01", a, b)
		return l.run("--json", "run")
	},
	"check_failed": func(l *lake) said {
		l.manyTables = true
		return l.running("bank_20250301_000000.tsv", bankFile("\n", sale{jan, "A store nobody knows", isrc, "1", "0.1"}))
	},
	"script_broken": func(l *lake) said {
		l.inLake("sql/own/20_staging_x.sql", "-- One row.\n-- key: none\nselekt 1\n")
		return l.run("--json", "run")
	},
	"pinned": func(l *lake) said {
		l.published()
		l.ok("rollback", current(l))
		return l.run("--json", "run")
	},
	"not_pinned":     func(l *lake) said { return l.run("--json", "rollback", "--release") },
	"query":          func(l *lake) said { return l.run("--json", "query", "select nothing") },
	"query_readonly": func(l *lake) said { return l.run("--json", "query", "drop table x") },
	"query_timeout": func(l *lake) said {
		return l.run("--json", "query", "--timeout", "50ms", "select count(*) from range(1000000000) as a, range(1000000000) as b")
	},
	"query_rows":    func(l *lake) said { return l.run("--json", "query", "--max-rows", "1", "from range(2)") },
	"table_unknown": func(l *lake) said { return l.run("--json", "tables", "curated.none") },
	"drop_unknown":  func(l *lake) said { return l.run("--json", "drops", "accept", "20250101") },
	"version_gone": func(l *lake) said {
		l.published()
		taken := flock.New(filepath.Join(l.root, "current", "version.json"), flock.SetFlag(os.O_RDONLY))
		if held, err := taken.TryLock(); err != nil || !held {
			l.t.Fatal(held, err)
		}
		defer func() { _ = taken.Unlock() }()
		return l.run("--json", "query", "--as-of", current(l), "select 1")
	},
	"version_unknown": func(l *lake) said { return l.run("--json", "query", "--as-of", "2020-01-01", "select 1") },
}

// unraised are codes that need more than a command to raise, with the test that does.
var unraised = map[string]string{
	"login_locked":         "TestWhatDoesNotOpenSaysWhatToSet in extract/session",
	"file_unreadable_rows": "TestReaderAgreesWithDuckDB in sql/build",

	"warehouse_login":     "TestRefusalsAreExplained in export/postgres",
	"warehouse_privilege": "TestRefusalsAreExplained in export/postgres",
	"warehouse_setup":     "TestRefusalsAreExplained in export/postgres",
	"warehouse_full":      "TestRefusalsAreExplained in export/postgres",
	"warehouse_failed":    "TestRefusalsAreExplained in export/postgres",
	"warehouse_differs":   "TestDifferenceIsRefused in export/postgres",
	"warehouse_stamp":     "TestOtherLakeIsRefused in export/postgres",
	"warehouse_foreign":   "TestOthersThingsStay in export/postgres",
	"warehouse_narrows":   "TestColumnsComeAndGo in export/postgres",
	"warehouse_shrinks":   "TestShrinkIsRefused in export/postgres",
	"warehouse_locked":    "TestExportersWaitForEachOther in export/postgres",
	"warehouse_duplicate": "TestNearDuplicates in export/postgres",
	"warehouse_text":      "TestNamesOfAllKinds in export/postgres",
	"warehouse_stays":     "TestTablesThatAreNoMore in export/postgres",
	"warehouse_view":      "TestViewsFollow in export/postgres",
	"warehouse_hook":      "TestHook in export/postgres",
}

func raiseAmbiguous(l *lake) said {
	script := func(name string) string {
		return "-- One row per line.\n-- format: csv\n-- columns: order, customer\n-- partition: account\nselect \"order\", customer, null as reject_reason from landing\n"
	}
	l.inLake("sql/own/10_raw_one.sql", script("one"))
	l.inLake("sql/own/10_raw_two.sql", script("two"))
	return l.importing("orders.csv", "order,customer\n1,2\n")
}

func raiseChanging(l *lake) said {
	path := l.file("bank.tsv", firstStatement())
	l.files.Fault = func(op, at string) error {
		if op == "write" && strings.Contains(at, "000-bank") {
			return os.Chtimes(path, time.Time{}, time.Unix(1, 0))
		}
		return nil
	}
	return l.run("--json", "import", path)
}

func withColumn(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i := range lines {
		lines[i] += "\tNew Thing"
	}
	return strings.Join(lines, "\n") + "\n"
}

const day = `{"category": "2025-08-15", "column-1": 4580}`

func chart(id, points string) string {
	return `<html><script>AmCharts.makeChart("` + id + `", {"dataDateFormat": "YYYY-MM-DD", "dataProvider": [` + points + "]});\n"
}

func (l *lake) published() {
	l.t.Helper()
	l.ok("import", arrivals(l)[0])
	l.ok("run")
}

func (l *lake) failing(with error) said {
	l.t.Helper()
	path := l.file("bank.tsv", firstStatement())
	l.files.Fault = func(op, at string) error {
		if strings.Contains(at, "000-bank") {
			return with
		}
		return nil
	}
	return l.run("--json", "import", path)
}

func (l *lake) importing(name, text string) said {
	l.t.Helper()
	return l.run("--json", "import", l.file(name, text))
}

// told imports a file as what somebody says it is.
func (l *lake) told(source, stream, text string) said {
	l.t.Helper()
	return l.run("--json", "import", "--source", source, "--stream", stream, l.file("x.dat", text))
}

func (l *lake) running(name, text string) said {
	l.t.Helper()
	l.ok("import", l.file(name, text))
	return l.run("--json", "run")
}

// landing lands a file as an extractor does, which knows what it asked for, and runs.
func (l *lake) landing(source, stream, name, text string) said {
	l.t.Helper()
	opened, err := zones.Open(l.root, "", zones.Files{})
	if err != nil {
		l.t.Fatal(err)
	}
	w, err := opened.Lock("extract", l.now)
	if err != nil {
		l.t.Fatal(err)
	}
	drop := zones.Drop{Source: source, Stream: stream, Account: "main", AsOf: l.now, AsOfFrom: "answer"}
	_, err = w.Land(l.ctx, zones.Delivery{Drop: drop, Paths: []string{l.file(name, text)}}, l.now)
	if err := errors.Join(err, w.Close()); err != nil {
		l.t.Fatal(err)
	}
	return l.run("--json", "run")
}

func (l *lake) overwrite(pattern, text string) {
	l.t.Helper()
	paths, err := filepath.Glob(filepath.Join(l.root, pattern))
	if err != nil || len(paths) == 0 {
		l.t.Fatalf("%s: %v %v", pattern, paths, err)
	}
	for _, path := range paths {
		if err := os.Chmod(path, 0o644); err != nil {
			l.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			l.t.Fatal(err)
		}
	}
}

// TestEveryErrorIsRaised provokes every code that `bedrot help errors` lists, and wants its record: the
// code with its class, a message and, for all but one, a next step.
func TestEveryErrorIsRaised(t *testing.T) {
	t.Parallel()
	for _, code := range zones.Codes() {
		raise, ok := raisers[code.Code]
		if !ok {
			if unraised[code.Code] == "" {
				t.Errorf("no test raises %s", code.Code)
			}
			continue
		}
		t.Run(code.Code, func(t *testing.T) {
			said := raise(newLake(t))
			for _, e := range records(said) {
				if e.Code != code.Code {
					continue
				}
				if e.Class != code.Class || e.What == "" || e.ID == "" || e.At.IsZero() || e.Next == "" && code.Code != "failed" {
					t.Errorf("the record is not complete: %+v", e)
				}
				return
			}
			t.Errorf("it was not raised, but\n%s%s", said.out, said.err)
		})
	}
}

// records are the errors a command told: on stderr as JSON, or as the findings of its report.
func records(s said) []zones.Error {
	var all []zones.Error
	for _, text := range []string{s.out, s.err} {
		decoder := json.NewDecoder(strings.NewReader(text[max(0, strings.Index(text, "{")):]))
		for {
			var one struct {
				zones.Error
				Result   struct{ Findings []zones.Error }
				Problems []zones.Error
			}
			if err := decoder.Decode(&one); err != nil {
				break
			}
			all = append(all, one.Error)
			all = append(append(all, one.Result.Findings...), one.Problems...)
		}
	}
	return all
}

// TestCodesInSourcesAreListed reads the sources for codes that nobody has listed.
func TestCodesInSourcesAreListed(t *testing.T) {
	var listed []string
	for _, code := range zones.Codes() {
		if slices.Contains(listed, code.Code) {
			t.Errorf("%s is listed twice", code.Code)
		}
		listed = append(listed, code.Code)
	}
	literal := regexp.MustCompile(`(&(?:read\.)?Rejected\{|)Code(?:: *|(?:, [A-Za-z.]+)* = )"([a-z_]+)"`)
	reader := regexp.MustCompile(`reject\("([a-z_]+)"`)
	used := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, ".") {
			return err
		}
		data, err := os.ReadFile(path)
		for _, m := range literal.FindAllStringSubmatch(string(data), -1) {
			if m[1] != "" {
				m[2] = "file_" + m[2]
			}
			used[m[2]] = true
		}
		for _, m := range reader.FindAllStringSubmatch(string(data), -1) {
			used["file_"+m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for code := range used {
		if code != "file_" && !slices.Contains(listed, code) {
			t.Errorf("%s is raised and not listed in zones.Codes", code)
		}
	}
	said := newLake(t).ok("help", "errors")
	for _, code := range listed {
		if !strings.Contains(said.out, "  "+code+" ") {
			t.Errorf("bedrot help errors does not list %s", code)
		}
	}
}

func TestErrorsOfRunsAreKept(t *testing.T) {
	l := newLake(t)
	l.running("bank_20250301_000000.tsv", strings.Replace(firstStatement(), "0.031000000000", "#REF!", 1))
	got := l.query("select code, class, severity, source, stream, account, rule, expected, found, recovered, next from meta.errors where code = 'max_rejects'")
	want := []string{"max_rejects", "validation", "error", "distrokid", "bank", "main", "max_rejects", "at most 0.00 %", "33.33 %", "false", "bedrot drops accept 20250301T000000Z"}
	if len(got) != 1 || !slices.Equal(got[0][:10], want[:10]) || !strings.HasPrefix(got[0][10], want[10]) {
		t.Errorf("meta.errors has %v, want %v", got, want)
	}
	l.equal("select count(*) from meta.errors where id is null or run is null or logged_at is null", "0")
}
