package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode/utf16"

	"bedrot/zones"
)

func utf16le(text string) string {
	var b bytes.Buffer
	b.WriteString("\xff\xfe")
	for _, unit := range utf16.Encode([]rune(text)) {
		b.WriteByte(byte(unit))
		b.WriteByte(byte(unit >> 8))
	}
	return b.String()
}

// manySales are sales of one month, enough for shares of one per cent to be seen.
func manySales(n int) []sale {
	sales := make([]sale, n)
	for i := range sales {
		sales[i] = sale{jan, "Spotify", isrc, "1", "0.010000000000"}
	}
	return sales
}

// TestBadFiles puts one bad file beside a good one into the inbox. The good one is published whatever
// the other is, the exit code says "partly", the message names the bad file and what is wrong with
// it, and not a byte of it is lost.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	good := bankFile("\n", manySales(200)...)
	garbled := strings.Split(good, "\n")
	garbled[100] = strings.Replace(garbled[100], "0.010000000000", "#REF!", 1)
	garbled[150] = strings.Replace(garbled[150], "\t1\t", "\tone\t", 1)
	days := make([]int, 500)
	quoted := strings.Replace(audienceFile("2023-01-01", days...), "2023-01-01,0", `2023-01-01,"0`, 1)
	long := strings.Split(good, "\n")
	long[3] = strings.Replace(long[3], "NIGHT RIDE", strings.Repeat("x", 10<<20), 1)
	cases := []struct {
		about, name, text string
		code              int
		says              []string
		landed            bool // refused for good: told once
	}{
		{"truncated in the last line", "bank_20250301_000000.tsv", good[:len(good)-30], 3, []string{"bank_20250301_000000.tsv:201", "bedrot drops accept"}, false},
		{"empty", "bank_20250301_000000.tsv", "", 3, []string{"bank_20250301_000000.tsv", "empty"}, false},
		{"binary", "bank_20250301_000000.tsv", strings.Repeat("\x00\x01\x02\x7f\xfe", 300), 3, []string{"bank_20250301_000000.tsv", "binary"}, false},
		{"a header and no rows", "bank_20250301_000000.tsv", bankHeader + "\n", 3, []string{"bank_20250301_000000.tsv", "no rows"}, true},
		{"half UTF-8, half Latin-1", "bank_20250301_000000.tsv", strings.Replace(strings.Replace(good, "NIGHT RIDE", "CAFÉ", 1), "NIGHT RIDE", "CAF\xc9", 1), 3, []string{"bank_20250301_000000.tsv:3", "UTF-8"}, false},
		{"UTF-16 cut in the middle of a character", "bank_20250301_000000.tsv", strings.TrimSuffix(utf16le(good), "\x00"), 3, []string{"bank_20250301_000000.tsv"}, false},
		{"an unknown export", "orders.csv", "order,customer\n1,2\n", 3, []string{"orders.csv", "unknown"}, false},
		{"a login page", "ZONE A0-audience-timeline.csv", "<!doctype html><html><head><title>Log in - Spotify</title></head></html>", 3, []string{"ZONE A0-audience-timeline.csv", "Log in - Spotify"}, false},
		{"a header that lost a column", "bank_20250301_000000.tsv", strings.ReplaceAll(good, "Earnings (USD)", "Total"), 3, []string{"bank_20250301_000000.tsv", "Earnings (USD)"}, false},
		{"one row in a hundred garbled", "bank_20250301_000000.tsv", strings.Join(garbled, "\n"), 3, []string{"1.00 %", "the limit is 0.00 %", "bank_20250301_000000.tsv:101", "#REF!", "bedrot drops accept 20250301T000000Z"}, false},
		{"a stray quote", "ZONE A0-audience-timeline_20250301_000000.csv", quoted, 0, []string{"ZONE A0-audience-timeline_20250301_000000.csv:2", "stray quote"}, false},
		{"a row of 10 MB", "bank_20250301_000000.tsv", strings.Join(long, "\n"), 3, []string{"bank_20250301_000000.tsv:4", "longer than"}, false},
		{"a name that says too little", "songs.csv", "song,listeners,streams,saves,release_date\nNIGHT RIDE,1,2,3,2025-01-01\n", 3, []string{"songs.csv", "artist", "--set artist="}, false},
		{"a damaged zip", "results.zip", "PK\x03\x04" + strings.Repeat("x", 100), 3, []string{"results.zip", "damaged"}, false},
		{"a damaged gzip", "bank.tsv.gz", "\x1f\x8b\x08\x00" + strings.Repeat("x", 100), 3, []string{"bank.tsv.gz"}, false},
	}
	for _, c := range cases {
		t.Run(c.about, func(t *testing.T) {
			l := newLake(t)
			l.inLake("inbox/good/bank_20250301_000000.tsv", bankFile("\n", sale{jan, "Deezer", isrc, "5", "0.050000000000"}))
			l.inLake("inbox/main/"+c.name, c.text)
			l.want(c.code, c.says, "run")
			l.equal("select sum(gross_usd) from curated.royalties where account = 'good'", "0.050000000000")
			l.equal("select count(*) from curated.royalties where account = 'main'", "0")
			if !hasBytes(t, l.root, c.text) {
				t.Error("the file's bytes are lost")
			}
			if !c.landed {
				l.want(c.code, nil, "run") // what waits for a person is told again
			}
		})
	}
}

// hasBytes reports whether the inbox or landing still holds a file of just this content.
func hasBytes(t *testing.T, root, text string) bool {
	t.Helper()
	found := false
	for _, dir := range []string{"inbox", "landing"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			found = found || sha256.Sum256(data) == sha256.Sum256([]byte(text))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// bandcamp is the sales file of Bandcamp in short: it names who bought.
const bandcamp = "date,paid to,item type,item name,artist,currency,item price,quantity,sub total,net amount,upc,isrc,buyer name,buyer email\n" +
	"1/2/20 4:49am,label@example.com,track,TITLE 1,ARTIST A,USD,1.00,1,1.00,0.82,190000000001,QZXXX2400001,A Buyer,buyer@example.com\n"

func TestBadImports(t *testing.T) {
	l := newLake(t)
	l.want(1, []string{"there is no such file", "nowhere.csv"}, "import", "nowhere.csv")
	l.want(1, []string{"is a folder"}, "import", l.root)
	l.want(2, []string{"which files"}, "import")
	l.want(1, []string{"orders.csv", "next:"}, "import", l.file("orders.csv", "order,customer\n1,2\n"))
	l.want(3, []string{"orders.csv", "landed as distrokid/bank:main"}, "import", l.file("orders.csv", "order,customer\n1,2\n"), l.file("bank.tsv", firstStatement()))
	l.want(1, []string{"nosuch"}, "import", "--source", "nosuch", "--stream", "bank", l.file("bank.tsv", firstStatement()))
	l.want(2, []string{"--as-of"}, "import", "--as-of", "yesterday", l.file("bank.tsv", firstStatement()))
	for _, source := range [][]string{nil, {"--source", "statement", "--stream", "cdbaby"}} { // no statement may have them, and no mapping read them
		path := l.file("bandcamp_raw.csv", utf16le(bandcamp))
		l.want(1, []string{"bandcamp_raw.csv", "buyer name", "personal data"}, append(append([]string{"import"}, source...), path)...)
	}
	if hasBytes(t, l.root, utf16le(bandcamp)) {
		t.Error("names and addresses of buyers have landed")
	}
	l.want(1, []string{"members.csv", "email", "personal data"}, "import", l.file("export.zip", zipOf(t, "bank.tsv", firstStatement(), "members.csv", "email,rating\na@example.com,2\n")))
}

// zipOf is an archive of files, given as name and text in turn.
func zipOf(t *testing.T, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		entry, err := archive.Create(files[i])
		if err == nil {
			_, err = entry.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestFileBeingWritten imports a file that grows meanwhile.
func TestFileBeingWritten(t *testing.T) {
	l := newLake(t)
	path := l.file("bank_20250301_000000.tsv", bankFile("\n", manySales(50)...))
	l.files.Fault = func(op, at string) error {
		if op != "write" || !strings.Contains(at, "000-bank") {
			return nil
		}
		grown, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = grown.WriteString(sale{jan, "Spotify", isrc, "1", "0.01"}.line() + "\n")
		if closeErr := grown.Close(); err == nil {
			err = closeErr
		}
		return err
	}
	l.want(1, []string{"still being written", "bank_20250301_000000.tsv", "import it again"}, "import", path)
	l.files = zones.Files{}
	l.ok("import", path)
}

func TestFullDisk(t *testing.T) {
	l := newLakeOn(t, manyTables)
	l.ok("import", arrivals(l)[0])
	l.ok("run")
	before := l.state()
	path := arrivals(l)[1]
	l.files.Fault = func(op, _ string) error {
		if op == "write" || op == "create" {
			return syscall.ENOSPC
		}
		return nil
	}
	l.want(1, []string{"no space left on device", "next:"}, "import", path)
	l.want(1, []string{"no space left on device", "next:"}, "build", "--full")
	l.files = zones.Files{}
	if names := differences(before, l.state()); len(names) > 0 {
		t.Errorf("changed: %v", names)
	}
	l.ok("import", path)
	l.ok("run")
	l.equal("select sum(gross_usd) from curated.royalties", "0.864691357803")
}

func TestReadOnlyLake(t *testing.T) {
	l := newLake(t)
	l.ok("import", arrivals(l)[0])
	l.ok("run")
	l.files.Fault = func(string, string) error { return syscall.EROFS }
	for _, args := range [][]string{{"run"}, {"import", arrivals(l)[1]}, {"drops", "withdraw", "20250301T000000Z"}} {
		s := l.run(args...)
		if s.code != 1 || !strings.Contains(s.err, "cannot be written") || !strings.Contains(s.err, l.root) {
			t.Errorf("bedrot %v: exit %d: %s", args, s.code, s.err)
		}
	}
	l.equal("select sum(gross_usd) from curated.royalties", "0.855691357802")
	l.ok("status")
	l.ok("check")
}

func TestNewerLake(t *testing.T) {
	l := newLake(t)
	if err := os.Chmod(filepath.Join(l.root, ".lake.json"), 0o644); err != nil {
		t.Fatal(err)
	}
	l.inLake(".lake.json", `{"format": 99, "id": "x", "created": "2030-01-01T00:00:00Z"}`)
	for _, args := range [][]string{{"run"}, {"query", "select 1"}, {"status"}, {"import", arrivals(l)[0]}, {"init", l.root}} {
		l.want(1, []string{"newer bedrot", "format 99"}, args...)
	}
}

func TestNoLake(t *testing.T) {
	l := &lake{t: t, root: filepath.Join(t.TempDir(), "none"), now: clock, ctx: t.Context()}
	for _, args := range [][]string{{"run"}, {"query", "select 1"}, {"status"}, {"tables"}} {
		l.want(2, []string{"there is no lake here", "bedrot init"}, args...)
	}
}

func TestBrokenSettings(t *testing.T) {
	for text, says := range map[string]string{
		"memory = \"4GB\"\nmemroy = 1\n":     "lake.toml:2",
		"memory = 4GB\n":                     "lake.toml:1",
		"threads = \"two\"\n":                "Threads",
		"memory = \"lots\"\n":                "lots",
		"[accounts]\nspotify = [\"../x\"]\n": "../x",
	} {
		l := newLake(t)
		l.inLake("lake.toml", text)
		l.want(2, []string{"lake.toml", says, "next:"}, "run")
		l.want(2, []string{"lake.toml", says}, "query", "select 1")
	}
}

// TestBrokenScript disables the script and what reads it; everything else is published.
func TestBrokenScript(t *testing.T) {
	t.Parallel()
	l := newLake(t)
	l.ok("import", arrivals(l)[0])
	l.inLake("sql/mine/30_curated_stores.sql", "-- One row per store.\n-- key: store\n-- column store: The store.\n-- column usd: What it paid.\n\nselect store, sum(gross_usd)::decimal(18, 6) as usd\nfrom curated.royalties\ngroup by store\n")
	l.inLake("sql/mine/30_curated_top.sql", "-- One row in all.\n-- key: none\n-- column usd: The most a store paid.\n\nselect max(usd) as usd\nfrom curated.stores\n")
	l.ok("run")
	l.equal("select usd from curated.stores where store = 'Deezer'", "0.031000")
	l.equal("select usd from curated.top", "0.824691")

	l.inLake("sql/mine/30_curated_stores.sql", "-- One row per store.\n-- key: store\n-- column store: The store.\n-- column usd: What it paid.\n\nselect store, sum(grossusd)::decimal(18, 6) as usd\nfrom curated.royalties\ngroup by store\n")
	l.ok("import", arrivals(l)[1])
	l.want(3, []string{"sql/mine/30_curated_stores.sql:6", "grossusd", "next:"}, "run")
	l.equal("select sum(gross_usd) from curated.royalties", "0.864691357803")
	l.equal("select usd from curated.stores where store = 'Deezer'", "0.031000") // yesterday's
	l.equal("select string_agg(table_name, ' ' order by table_name) from meta.tables where stale is not null and run = (select max(run) from meta.tables)", "curated.stores curated.top")
	l.want(3, nil, "run")

	l.inLake("sql/mine/30_curated_stores.sql", "-- One row per store.\n-- key: store\n-- column store: The store.\n-- column usd: What it paid.\n\nselect store, sum(gross_usd)::decimal(18, 6) as usd\nfrom curated.royalties\ngroup by store\n")
	l.ok("run")
	l.equal("select usd from curated.stores where store = 'Deezer'", "0.040000")
	if err := os.RemoveAll(filepath.Join(l.root, "sql/mine")); err != nil {
		t.Fatal(err)
	}
	l.ok("run")
	l.equal("select count(*) from information_schema.tables where table_name = 'stores'", "0")
}

func TestScriptsThatAreNone(t *testing.T) {
	t.Parallel()
	l := newLake(t)
	var says []string
	for name, text := range map[string]string{
		"sql/mine/30_curated_x.sql":             "-- One row.\n-- key: none\n\ncreate table x as select 1",
		"sql/mine/30_curated_y.sql":             "-- One row.\n-- key: none\n-- colour: red\n\nselect 1 as a",
		"sql/mine/30_curated_z.sql":             "",
		"sql/mine/notes.sql":                    "select 1",
		"sql/mine/30_curated_now.sql":           "-- One row.\n-- key: none\n-- column a: The time.\n\nselect now() as a",
		"sql/curated2/30_curated_royalties.sql": "-- One row.\n-- key: none\n-- column a: A.\n\nselect 1 as a",
	} {
		l.inLake(name, text)
		says = append(says, "error: "+name+":")
	}
	l.ok("import", arrivals(l)[0])
	s := l.want(3, append(says, "next:"), "run")
	l.equal("select sum(gross_usd) from curated.royalties", "0.855691357802")
	if strings.Contains(s.err, "panic") || strings.Contains(s.err, "stale: curated.royalties") {
		t.Error(s.err)
	}
	// The table that one of them also claimed to make goes on with new files.
	l.ok("import", arrivals(l)[1])
	l.want(3, says, "run")
	l.equal("select sum(gross_usd) from curated.royalties", "0.864691357803")
}

func TestUsage(t *testing.T) {
	l := newLake(t)
	for _, args := range [][]string{{"nosuch"}, {"run", "--nosuch"}, {"run", "--date", "soon"}, {"query", "-o", "pdf", "select 1"}, {"query", "-o", "parquet", "select 1"}, {"drops", "keep", "x"}, {"lineage"}, {"import", "--set", "artist", "x"}, {"demo", l.root}} {
		s := l.want(2, []string{"next:"}, args...)
		if s.out != "" {
			t.Errorf("bedrot %v: stdout says %q", args, s.out)
		}
	}
	for _, args := range [][]string{{"session", "export", "tiktok", "--help"}, {"query", "--out", "x", "-h"}} {
		if s := l.ok(args...); !strings.Contains(s.out, "bedrot "+args[0]) {
			t.Errorf("bedrot %v: %s%s", args, s.out, s.err)
		}
	}
	for _, sql := range []string{"drop table curated.royalties", "copy (select 1) to '/tmp/x'", "create table x as select 1", "set memory_limit = '1GB'", "attach ':memory:' as x", "select * from read_csv('/etc/passwd')", "install httpfs", "pragma enable_profiling", "select 1; delete from curated.royalties", ""} {
		if s := l.run("query", sql); s.code == 0 {
			t.Errorf("%q is answered: %s", sql, s.out)
		}
	}
}
