package read

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/xuri/excelize/v2"
)

func put(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func spec(columns ...string) Spec {
	s := Spec{Format: "csv"}
	for _, name := range columns {
		c := Column{Names: strings.Split(strings.Trim(name, "[]"), "|"), Optional: strings.HasPrefix(name, "[")}
		s.Columns = append(s.Columns, c)
	}
	return s
}

// prepare reads a file of some text; records are its canonical lines, or the file's own.
func prepare(t testing.TB, s Spec, text string) (Table, error) {
	t.Helper()
	return Prepare(context.Background(), Member{Name: "x.csv", Path: put(t, "x.csv", text)}, s, t.TempDir(), Limits{})
}

// problems lists the lines of a copy that are bad, by record.
func problems(t testing.TB, table Table) map[int]string {
	t.Helper()
	found := map[int]string{}
	if !table.Canonical {
		return found
	}
	text, err := os.ReadFile(table.Path)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		if at := strings.LastIndex(line, `,"`); at >= 0 && strings.Trim(line[:at], ",") == "" {
			found[i+1] = strings.Trim(line[at+1:], `"`)
		}
	}
	return found
}

func TestBadRecordsStayInTheirPlace(t *testing.T) {
	good := "1,2,3\n"
	for says, line := range map[string]string{
		"2 fields where 3 are expected": "1,2\n",
		"4 fields where 3 are expected": "1,2,3,4\n",
		"a stray quote":                 "1,\"2,3\n",
		"bytes that are no UTF-8":       "1,\xff,3\n",
		"a NUL byte":                    "1,\x00,3\n",
		"the record is longer than":     "1," + strings.Repeat("x", 1<<20) + ",3\n",
	} {
		table, err := prepare(t, spec("a", "b", "c"), "a,b,c\n"+good+"é,2,3\n"+line+good)
		if err != nil {
			t.Errorf("%s: %v", says, err)
			continue
		}
		found := problems(t, table)
		if table.Records != 4 || table.Bad != 1 || !strings.Contains(found[3], says) {
			t.Errorf("%s: %d records, %d bad: %v", says, table.Records, table.Bad, found)
		}
	}
}

func TestAStrayQuoteCostsOneRecord(t *testing.T) {
	table, err := prepare(t, spec("a", "b"), "a,b\n1,\"x\n"+strings.Repeat("2,y\n", 1000)+"3,z\n")
	if err != nil || table.Records != 1002 || table.Bad != 1 {
		t.Errorf("%d records, %d bad: %v", table.Records, table.Bad, err)
	}
}

func TestAQuotedFieldSpansLines(t *testing.T) {
	table, err := prepare(t, spec("a", "b"), "a,b\n1,\"x\ny, \"\"z\"\"\"\n2,w\n")
	if err != nil || table.Records != 2 || table.Bad != 0 {
		t.Errorf("%d records, %d bad: %v", table.Records, table.Bad, err)
	}
}

func TestHeaders(t *testing.T) {
	for about, c := range map[string]struct {
		text, missing string
		line          int
	}{
		"plain":                  {"a,b\n1,2\n", "", 1},
		"another order":          {"b,a\n1,2\n", "", 1},
		"another case, padded":   {" A , B \n1,2\n", "", 1},
		"a spelling":             {"alpha;b\n1;2\n", "", 1},
		"tabs":                   {"a\tb\n1\t2\n", "", 1},
		"bars":                   {"a|b\n1|2\n", "", 1},
		"after a preamble":       {"Report of May\n\nsep=,\na,b\n1,2\n", "", 4},
		"with a byte order mark": {"\ufeffa,b\n1,2\n", "", 1},
		"quoted":                 {"\"a\",\"b\"\n\"1\",\"2\"\n", "", 1},
		"one column lost":        {"a,x\n1,2\n", `lacks "b"`, 0},
		"another file":           {"x,y\n1,2\n", "begins: \"x,y\"", 0},
		"doubled":                {"a,b,b\n1,2,3\n", "twice", 0},
		"no rows":                {"a,b\n", "no rows", 0},
		"no rows, no line end":   {"a,b", "no rows", 0},
	} {
		table, err := prepare(t, spec("a|alpha", "b", "[c]"), c.text)
		if c.missing != "" {
			var refused *Rejected
			if !errors.As(err, &refused) || !strings.Contains(refused.Reason, c.missing) {
				t.Errorf("%s: %v, want %q", about, err, c.missing)
			}
			continue
		}
		if err != nil || table.Records != 1 || table.Layout.HeaderLine != c.line {
			t.Errorf("%s: %d records, header on line %d: %v", about, table.Records, table.Layout.HeaderLine, err)
		}
	}
	table, err := prepare(t, spec("a", "[b]"), "a,New Column\n1,2\n")
	if err != nil || table.Extra["New Column"] == "" {
		t.Errorf("an undeclared column: %v %v", table.Extra, err)
	}
}

// TestTheLastRecord: what a column holds in the last record that can be read, of text and of sheets.
func TestTheLastRecord(t *testing.T) {
	s := spec("a", "b")
	s.Last = "b"
	for text, want := range map[string]string{
		"a,b\n1,x\n2,y\n": "y", "a,b\n1,x\n2,y\n3\n": "y", "\ufeff\"b\",\"a\"\n\"28 de mayo\",\"1\"": "28 de mayo",
	} {
		if table, err := prepare(t, s, text); err != nil || table.Last != want {
			t.Errorf("%q: %q, want %q: %v", text, table.Last, want, err)
		}
	}
	book := excelize.NewFile()
	for i, row := range [][]any{{"a", "b"}, {"1", "x"}, {"2", "y"}} {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "x.xlsx")
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	table, err := Prepare(t.Context(), Member{Name: "x.xlsx", Path: path}, s, t.TempDir(), Limits{})
	if err != nil || table.Last != "y" {
		t.Errorf("a sheet: %q: %v", table.Last, err)
	}
}

// TestAHeaderAloneMayBeAnAnswer: where the spec says so, and only then; what is not the header never is.
func TestAHeaderAloneMayBeAnAnswer(t *testing.T) {
	s := spec("a", "b")
	s.Empty = true
	for _, text := range []string{"a,b\n", "a,b", "\ufeff\"a\",\"b\""} {
		if table, err := prepare(t, s, text); err != nil || table.Records != 0 || !table.Canonical {
			t.Errorf("%q: %d records, %v", text, table.Records, err)
		}
	}
	for _, text := range []string{"", "a\n", "x,y\n"} {
		if _, err := prepare(t, s, text); err == nil {
			t.Errorf("%q is taken for an empty answer", text)
		}
	}
}

func TestSniff(t *testing.T) {
	for _, c := range []struct{ text, kind, encoding string }{
		{"", KindEmpty, UTF8},
		{"   \n", KindEmpty, UTF8},
		{"a,b\n1,2\n", KindDelimited, UTF8},
		{"a,b\n1,é\n", KindDelimited, UTF8},
		{"a,b\n1,\xe9\n2,plain\n", KindDelimited, Windows1252},
		{"\xff\xfea\x00,\x00b\x00\n\x00", KindDelimited, UTF16LE},
		{"\xfe\xff\x00a\x00,\x00b\x00\n", KindDelimited, UTF16BE},
		{"a\x00,\x00b\x00\n\x001\x00,\x002\x00\n\x00", KindDelimited, UTF16LE},
		{"<!DOCTYPE html><title>Log in</title>", KindHTML, UTF8},
		{"\n  <html lang=en>", KindHTML, UTF8},
		{`{"a": 1}`, KindJSON, UTF8},
		{"[1]", KindJSON, UTF8},
		{"%PDF-1.7 x", KindBinary, UTF8},
		{strings.Repeat("\x01\x02", 100), KindBinary, UTF8},
		{"PK\x03\x04", KindSheet, ""},
	} {
		s, err := Sniff(Member{Path: put(t, "x", c.text)})
		if err != nil || s.Kind != c.kind || c.encoding != "" && s.Encoding != c.encoding {
			t.Errorf("%.20q: %s in %s, want %s in %s: %v", c.text, s.Kind, s.Encoding, c.kind, c.encoding, err)
		}
	}
}

func TestArchives(t *testing.T) {
	var gz, zst, zipped bytes.Buffer
	w := gzip.NewWriter(&gz)
	_, _ = w.Write([]byte("a,b\n1,2\n"))
	_ = w.Close()
	encoder, err := zstd.NewWriter(&zst)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = encoder.Write([]byte("a,b\n1,2\n"))
	_ = encoder.Close()
	archive, packed := zip.NewWriter(&zipped), time.Date(2025, 2, 24, 9, 30, 0, 0, time.UTC)
	for _, name := range []string{"in/results.csv", "__MACOSX/in/._results.csv", "in/"} {
		member, err := archive.CreateHeader(&zip.FileHeader{Name: name, Modified: packed})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, "/") {
			_, _ = member.Write([]byte("a,b\n1,2\n"))
		}
	}
	_ = archive.Close()
	for name, c := range map[string]struct{ text, member string }{
		"x.csv.gz": {gz.String(), "x.csv.gz/x.csv"}, "x.csv.zst": {zst.String(), "x.csv.zst/x.csv"},
		"x.zip": {zipped.String(), "x.zip/in/results.csv"}, "x.csv": {"a,b\n1,2\n", "x.csv"},
	} {
		members, err := Expand(t.Context(), put(t, name, c.text), name, t.TempDir(), Limits{})
		if err != nil || len(members) != 1 || members[0].Name != c.member {
			t.Errorf("%s: %v %v", name, members, err)
			continue
		}
		if text, err := os.ReadFile(members[0].Path); err != nil || string(text) != "a,b\n1,2\n" {
			t.Errorf("%s: %q %v", name, text, err)
		}
		if isZip := name == "x.zip"; members[0].Packed.Equal(packed) != isZip || members[0].Packed.IsZero() == isZip {
			t.Errorf("%s: packed %s", name, members[0].Packed)
		}
	}
}

func TestHostileArchives(t *testing.T) {
	made := func(change func(*zip.Writer)) string {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		change(w)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	file := func(w *zip.Writer, name, text string) {
		member, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = member.Write([]byte(text))
	}
	for says, text := range map[string]string{
		"leads out of the archive": made(func(w *zip.Writer) { file(w, "../../etc/passwd", "x") }),
		"leads out":                made(func(w *zip.Writer) { file(w, `..\x.csv`, "x") }),
		"no plain file": made(func(w *zip.Writer) {
			header := &zip.FileHeader{Name: "link"}
			header.SetMode(os.ModeSymlink | 0o777)
			member, err := w.CreateHeader(header)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = member.Write([]byte("/etc/passwd"))
		}),
		"is encrypted": made(func(w *zip.Writer) {
			_, err := w.CreateRaw(&zip.FileHeader{Name: "x.csv", Flags: 1})
			if err != nil {
				t.Fatal(err)
			}
		}),
		"at most 100": made(func(w *zip.Writer) {
			for i := range 101 {
				file(w, fmt.Sprintf("%d.csv", i), "x")
			}
		}),
		"holds no file":   made(func(*zip.Writer) {}),
		"damaged":         "PK\x03\x04" + strings.Repeat("x", 50),
		"unpacks to more": made(func(w *zip.Writer) { file(w, "bomb.csv", strings.Repeat("0", 101<<20)) }),
	} {
		_, err := Expand(t.Context(), put(t, "x.zip", text), "x.zip", t.TempDir(), Limits{})
		var refused *Rejected
		if !errors.As(err, &refused) || refused.Code != "archive" || !strings.Contains(refused.Reason, says) {
			t.Errorf("%s: %v", says, err)
		}
	}
	if _, err := Expand(t.Context(), put(t, "x.gz", "\x1f\x8b\x08\x00garbage"), "x.gz", t.TempDir(), Limits{}); err == nil {
		t.Error("a damaged gzip is unpacked")
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	big := made(func(w *zip.Writer) { file(w, "x.csv", "x") })
	if _, err := Expand(stopped, put(t, "x.zip", big), "x.zip", t.TempDir(), Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a stopped unpacking: %v", err)
	}
}

func TestSheets(t *testing.T) {
	book := excelize.NewFile()
	for i, row := range [][]any{{"Report"}, {"id", "day", "usd"}, {"00123", 45800, 1.5}, {"9007199254740993", 45801, -2}, {}} {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	style, err := book.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	if err := book.SetCellStyle("Sheet1", "B3", "B4", style); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.xlsx")
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	s := spec("id", "day", "usd")
	s.Money = "usd"
	members, err := Expand(t.Context(), path, "x.xlsx", t.TempDir(), Limits{})
	if err != nil || len(members) != 1 {
		t.Fatalf("%v %v", members, err)
	}
	table, err := Prepare(t.Context(), members[0], s, t.TempDir(), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(table.Path)
	if err != nil {
		t.Fatal(err)
	}
	want := "\"00123\",\"2025-05-23\",\"1.5\",\n\"9007199254740993\",\"2025-05-24\",\"-2\",\n"
	if string(text) != want || table.Records != 2 || table.MoneyText() != "-0.500000000000000000" {
		t.Errorf("%q %d %s", text, table.Records, table.MoneyText())
	}
	lines, err := Lines(t.Context(), members[0], s, []int64{2})
	if err != nil || len(lines) != 1 || lines[0].Line != 4 || !strings.Contains(lines[0].Text, "9007199254740993") {
		t.Errorf("%+v %v", lines, err)
	}
	fits, err := Fit(t.Context(), members[0], s)
	if err != nil || !fits.OK || fits.Line != 2 {
		t.Errorf("%+v %v", fits, err)
	}
	if fits, err = Fit(t.Context(), members[0], spec("id", "other")); err != nil || fits.OK || len(fits.Missing) != 1 {
		t.Errorf("%+v %v", fits, err)
	}
	if _, err = Prepare(t.Context(), members[0], spec("id", "other"), t.TempDir(), Limits{}); err == nil || !strings.Contains(err.Error(), "other") {
		t.Errorf("%v", err)
	}
}

func TestJSONRecords(t *testing.T) {
	for about, c := range map[string]struct {
		records, text string
		want          []string
	}{
		"lines":       {"$", "{\"n\": 100.10}\n{\"n\": 12345678901234567890.123456789}\n", []string{`{"n":"100.10"}`, `{"n":"12345678901234567890.123456789"}`}},
		"an array":    {"[]", `[{"a": 1}, {"a": null}]`, []string{`{"a":"1"}`, `{"a":null}`}},
		"inside":      {"data.rows[]", `{"data": {"rows": [{"a": 1e3}]}}`, []string{`{"a":"1e3"}`}},
		"either":      {"data.rows[] | rows[]", `{"rows": [{"a": true}]}`, []string{`{"a":true}`}},
		"some keys":   {"{list=a,b}[] & {list=sum}", `{"a": [{"n": 1}], "c": [{"n": 9}], "b": [{"n": 2}], "sum": 3, "more": 4}`, []string{`{"n":"1"}~a`, `{"n":"2"}~b`, `"3"~sum`}},
		"wrapped":     {"{list=a}[] | data.{list=a}[]", `{"time": "x", "data": {"a": [{"n": 1}]}}`, []string{`{"n":"1"}~a`}},
		"named rows":  {"rows[] as heads[].name", `{"rows": [["d", 1], ["e", 2]], "heads": [{"name": "day"}, {"name": "views"}]}`, []string{`{"day":"d","views":"1"}`, `{"day":"e","views":"2"}`}},
		"per item":    {"data[] per values", `{"data": [{"n": "a", "values": [{"v": 1}, {"v": 2}]}, {"n": "b", "total": 3}, {"n": "c", "values": []}]}`, []string{`{"n":"a","values":{"v":"1"}}`, `{"n":"a","values":{"v":"2"}}`, `{"n":"b","total":"3"}`}},
		"no record":   {"[]", `[null, {"a": 1}]`, []string{`{"a":"1"}`}},
		"deep arrays": {"[][]", `[[{"a":1}],[{"a":2}]]`, []string{`{"a":"1"}`, `{"a":"2"}`}},
	} {
		s := Spec{Format: "json", Records: c.records}
		table, err := Prepare(t.Context(), Member{Name: "x.json", Path: put(t, "x.json", c.text)}, s, t.TempDir(), Limits{})
		if err != nil {
			t.Errorf("%s: %v", about, err)
			continue
		}
		text, err := os.ReadFile(table.Path)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			record, columns, _ := strings.Cut(want, "~")
			want = strings.ReplaceAll(record, `"`, `""`)
			if columns != "" {
				want += `","` + columns
			}
			if !strings.Contains(string(text), want) {
				t.Errorf("%s: %q lacks %s", about, text, want)
			}
		}
		if table.Records != int64(len(c.want)) {
			t.Errorf("%s: %d records", about, table.Records)
		}
	}
	for about, text := range map[string]string{
		"cut": `{"data": {"rows": [{"a": 1}, {"a"`, "no list": `{"data": {"rows": null}}`, "another shape": `{"x": 1}`,
		"too deep": strings.Repeat("[", 100000), "a page": "<html></html>", "empty": "",
	} {
		s := Spec{Format: "json", Records: "data.rows[]"}
		_, err := Prepare(t.Context(), Member{Name: "x.json", Path: put(t, "x.json", text)}, s, t.TempDir(), Limits{})
		var refused *Rejected
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v", about, err)
		}
	}
}

// TestAnEmptyListIsAnAnswer: where the records should be there are none.
func TestAnEmptyListIsAnAnswer(t *testing.T) {
	for _, records := range []string{"data.rows[] & {list=more}[]", "data.rows[] | $"} {
		s := spec("a")
		s.Format, s.Records = "json", records
		table, err := Prepare(t.Context(), Member{Name: "x.json", Path: put(t, "x.json", `{"data": {"rows": []}}`)}, s, t.TempDir(), Limits{})
		if err != nil || table.Records != 0 || table.Bad != 0 {
			t.Errorf("%s: %+v %v", records, table, err)
		}
	}
}

// TestNamesWithoutRowsAreAnAnswer: an empty list of rows may be left out, but rows that nothing names are
// no records.
func TestNamesWithoutRowsAreAnAnswer(t *testing.T) {
	s := Spec{Format: "json", Records: "rows[] as heads[].name"}
	for text, want := range map[string]string{
		`{"heads": [{"name": "a"}], "rows": []}`: "",
		`{"heads": [{"name": "a"}]}`:             "",
		`{"rows": [["1"]]}`:                      "records",
		`{"heads": [], "rows": []}`:              "records",
	} {
		m := Member{Name: "x.json", Path: put(t, "x.json", text)}
		table, err := Prepare(t.Context(), m, s, t.TempDir(), Limits{})
		var refused *Rejected
		if errors.As(err, &refused) != (want != "") || refused != nil && refused.Code != want || table.Records != 0 {
			t.Errorf("%s: %+v %v", text, table, err)
		}
		if fits, err := Fit(t.Context(), m, s); err != nil || fits.OK {
			t.Errorf("%s: %+v %v", text, fits, err)
		}
	}
}

// TestSomeOfTheColumns: none of them must be there, but one.
func TestSomeOfTheColumns(t *testing.T) {
	s := spec("day", "[views]", "[likes]")
	s.Some = [][]string{{"views", "likes"}}
	for header, want := range map[string]string{"day,likes": "", "day,likes,views": "", "day,shares": "views | likes"} {
		_, err := prepare(t, s, header+"\n"+strings.Repeat("1,", strings.Count(header, ","))+"1\n")
		if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", header, err)
		}
		fits, err := Fit(t.Context(), Member{Name: "x.csv", Path: put(t, "x.csv", header+"\n")}, s)
		if have, of := fits.Nearest(s); err != nil || fits.OK != (want == "") || of != 2 || have != 2 && want == "" || have != 1 && want != "" {
			t.Errorf("%s: %+v %d of %d %v", header, fits, have, of, err)
		}
	}
}

// TestJSONKeys tells documents of one shape apart by the keys of their records, and keeps what nobody
// declared.
func TestJSONKeys(t *testing.T) {
	s := spec("id", "budget", "[name]")
	s.Format, s.Records, s.Captured, s.Refuse = "json", "data[]", "meta.at", []string{"email_address"}
	text := `{"meta": {"at": "2026-01-02T03:04:05Z"}, "data": [{"id": 1, "budget": 2}, {"id": 3, "name": "x", "goal": {"a": [1]}}]}`
	m := Member{Name: "x.json", Path: put(t, "x.json", text)}
	fits, err := Fit(t.Context(), m, s)
	if err != nil || !fits.OK || fits.Matched != 3 || fits.Extra != 1 || fits.Captured != "2026-01-02T03:04:05Z" {
		t.Errorf("%+v %v", fits, err)
	}
	table, err := Prepare(t.Context(), m, s, t.TempDir(), Limits{})
	if err != nil || table.Records != 2 || len(table.ExtraNames) != 1 || table.ExtraNames[0] != "goal" {
		t.Fatalf("%+v %v", table, err)
	}
	copied, err := os.ReadFile(table.Path)
	if err != nil || !strings.Contains(string(copied), `"{""goal"":{""a"":[""1""]}}"`) {
		t.Errorf("%s %v", copied, err)
	}
	other := Member{Name: "y.json", Path: put(t, "y.json", `{"data": [{"id": 1, "creative": {}}]}`)}
	if fits, err = Fit(t.Context(), other, s); err != nil || fits.OK || len(fits.Missing) != 1 || fits.Missing[0] != "budget" {
		t.Errorf("%+v %v", fits, err)
	}
	if _, err = Prepare(t.Context(), other, s, t.TempDir(), Limits{}); err == nil || !strings.Contains(err.Error(), `"budget"`) {
		t.Errorf("%v", err)
	}
	private := Member{Name: "z.json", Path: put(t, "z.json", `{"data": [{"id": 1, "budget": 2, "who": [{"email_address": "a@example.com"}]}]}`)}
	var refused *Rejected
	if _, err = Fit(t.Context(), private, s); !errors.As(err, &refused) || refused.Code != "private" {
		t.Errorf("%v", err)
	}
	// The same word as a value is no key.
	fine := Member{Name: "z.json", Path: put(t, "z.json", `{"data": [{"id": "email_address", "budget": 2}]}`)}
	if fits, err = Fit(t.Context(), fine, s); err != nil || !fits.OK {
		t.Errorf("%+v %v", fits, err)
	}
	rows := Spec{Format: "json", Records: "rows[] as heads[].name"}
	table, err = Prepare(t.Context(), Member{Name: "r.json", Path: put(t, "r.json", `{"heads": [{"name": "a"}], "rows": [["1", "2"], ["3"]]}`)}, rows, t.TempDir(), Limits{})
	if err != nil || table.Records != 2 || table.Bad != 1 {
		t.Errorf("%+v %v", table, err)
	}
}

// TestAbove reads what stands above a header and refuses columns of personal data.
func TestAbove(t *testing.T) {
	s := spec("Date", "Primary")
	s.Preamble = regexp.MustCompile(`^"?(?P<metric>[^"=]+)"?$`)
	text := "sep=,\n\"Instagram follows\"\n\"Date\",\"Primary\"\n\"2025-12-24T00:00:00\",\"17\"\n"
	table, err := prepare(t, s, text)
	if err != nil || table.Labels["metric"] != "Instagram follows" || table.Records != 1 {
		t.Errorf("%+v %v", table, err)
	}
	fits, err := Fit(t.Context(), Member{Name: "x.csv", Path: put(t, "x.csv", text)}, s)
	if err != nil || fits.Labels["metric"] != "Instagram follows" {
		t.Errorf("%+v %v", fits, err)
	}
	s = spec("a")
	s.Refuse = []string{"Email Address"}
	var refused *Rejected
	if _, err = prepare(t, s, "a,email address\n1,x@example.com\n"); !errors.As(err, &refused) || refused.Code != "private" {
		t.Errorf("%v", err)
	}
	for text, want := range map[string]string{"b;Email Address\n1;x@example.com\n": "Email Address", "b,c\nEmail Address,1\n": ""} {
		if name, err := PrivateKey(Member{Name: "x.csv", Path: put(t, "x.csv", text)}, s.Refuse); err != nil || name != want {
			t.Errorf("%q: %q %v", text, name, err)
		}
	}
}

// TestASpellingMaySaySomething: a header that a pattern fits is the column, and its groups are labels.
func TestASpellingMaySaySomething(t *testing.T) {
	s := spec("a", "Spent")
	s.Columns[1].Patterns = []*regexp.Regexp{regexp.MustCompile(`^(?i:Amount spent \((?P<currency>[A-Z]{3})\))$`)}
	for text, want := range map[string]string{
		"a,Amount spent (CHF)\n1,2\n":                      "CHF",
		"above\na,\u00a0amount spent (EUR) \n1,2\n":        "EUR",
		"a,Spent\n1,2\n":                                   "",
		"a,Amount spent (USD),Amount spent (EUR)\n1,2,3\n": "USD",
	} {
		table, err := prepare(t, s, text)
		if err != nil || table.Source["Spent"] != "c1" || table.Labels["currency"] != want {
			t.Errorf("%q: %v in %v, want %q: %v", text, table.Labels, table.Source, want, err)
		}
		if two := strings.Count(text, "Amount") == 2; two != (table.Extra["Amount spent (EUR)"] == "c2") {
			t.Errorf("%q: a second such column is kept beside: %v", text, table.Extra)
		}
	}
	var refused *Rejected
	if _, err := prepare(t, s, "a,Amount spent\n1,2\n"); !errors.As(err, &refused) || refused.Code != "columns" {
		t.Errorf("%v", err)
	}
}

// TestTheFullerSheet: of a sheet for the eye and one with the data, both with the header, the second is
// the table.
func TestTheFullerSheet(t *testing.T) {
	book := excelize.NewFile()
	if _, err := book.NewSheet("Raw"); err != nil {
		t.Fatal(err)
	}
	for at, row := range map[string][]any{
		"Sheet1!A1": {"My report, Nov 13, 2022 - Dec 13, 2025"}, "Sheet1!A2": {"", "id", "usd", "day"}, "Sheet1!A3": {"", "1", 5, 6},
		"Raw!A1": {"banner"}, "Raw!A2": {"id", "usd", "day"}, "Raw!A3": {"1", 2, 3}, "Raw!A4": {"2", 3, 3},
	} {
		sheet, cell, _ := strings.Cut(at, "!")
		if err := book.SetSheetRow(sheet, cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "x.xlsx")
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	table, err := Prepare(t.Context(), Member{Name: "x.xlsx", Path: path}, spec("id", "usd", "[day]"), t.TempDir(), Limits{})
	if err != nil || table.Records != 2 {
		t.Errorf("%+v %v", table, err)
	}
}

func TestLinesFindTheOriginal(t *testing.T) {
	s := spec("a", "b")
	text := "preamble\na,b\r\n1,x\r\n\r\n2,\"y\r\nz\"\r\n3,w"
	lines, err := Lines(t.Context(), Member{Name: "x.csv", Path: put(t, "x.csv", text)}, s, []int64{1, 2, 3})
	if err != nil || len(lines) != 3 {
		t.Fatalf("%+v %v", lines, err)
	}
	for i, want := range []Line{{1, 3, 14, "1,x"}, {2, 5, 21, "2,\"y\nz\""}, {3, 7, 31, "3,w"}} {
		if lines[i] != want {
			t.Errorf("%+v, want %+v", lines[i], want)
		}
	}
}

func TestMoney(t *testing.T) {
	chance := rand.New(rand.NewPCG(3, 4))
	var sum Money
	want := new(big.Rat)
	for range 5000 {
		text := fmt.Sprintf("%d.%0*d", chance.Int64N(1e6), 1+chance.IntN(12), chance.Int64N(10))
		switch chance.IntN(4) {
		case 0:
			text = "-" + text
		case 1:
			text = " +" + text + " "
		case 2:
			text = fmt.Sprintf("%d%019d", 1+chance.IntN(9), chance.Int64N(1e18))
		}
		if !sum.Add([]byte(text)) {
			t.Fatalf("%q is no amount", text)
		}
		value, ok := new(big.Rat).SetString(strings.TrimSpace(text))
		if !ok {
			t.Fatal(text)
		}
		want.Add(want, value)
	}
	if sum.String() != want.FloatString(18) {
		t.Errorf("%s, want %s", sum.String(), want.FloatString(18))
	}
	for _, text := range []string{"", "-", "1.", ".5", "1e5", "1,5", "$1", "--1", "0x1", "1.0000000000000000001", "123456789012345678901", "#REF!", "1 2"} {
		if new(Money).Add([]byte(text)) {
			t.Errorf("%q is counted", text)
		}
	}
}

// FuzzPrepare: whatever the bytes, reading ends without a panic, and a copy has as many lines as there
// are records.
func FuzzPrepare(f *testing.F) {
	for _, seed := range []string{
		"a,b\n1,2\n", "a\tb\r1\t2\r", "\ufeffa,b\r\n\"1\",\"2\"\r\n", "a,b\n1,\"2\n3,4\n", "a;b\n;\n", "\xff\xfea\x00,\x00b\x00\n\x001\x00,\x002\x00\n\x00", "a,b\n\x00,\xff\n", "",
		"{\"a\":1}", "<html>", "PK\x03\x04", "a|b\n1|2|3\n\n\n4|5",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := spec("a", "b")
		s.Money = "b"
		table, err := prepare(t, s, string(data))
		var refused *Rejected
		if err != nil {
			if !errors.As(err, &refused) {
				t.Fatalf("an error that is no refusal: %v", err)
			}
			return
		}
		if table.Records < 1 || table.Bad > table.Records {
			t.Fatalf("%d records, %d bad", table.Records, table.Bad)
		}
		if table.Canonical {
			text, err := os.ReadFile(table.Path)
			if err != nil {
				t.Fatal(err)
			}
			quoted, lines := false, int64(0)
			for _, c := range text {
				switch {
				case c == '"':
					quoted = !quoted
				case c == '\n' && !quoted:
					lines++
				}
			}
			if lines != table.Records || quoted {
				t.Fatalf("%d lines in the copy of %d records", lines, table.Records)
			}
		}
	})
}

// FuzzRecords: an expression and a document never end in a panic.
func FuzzRecords(f *testing.F) {
	f.Add("data.rows[]", `{"data":{"rows":[{"a":1}]}}`)
	f.Add(`/chart_(?P<n>\w+) = / {k}[] | x`, `chart_a = {"k":[1]}`)
	f.Add("[][]", "[[1],[2]]")
	f.Fuzz(func(t *testing.T, records, text string) {
		s := Spec{Format: "json", Records: records}
		_, err := Prepare(context.Background(), Member{Name: "x.json", Path: put(t, "x.json", text)}, s, t.TempDir(), Limits{})
		_ = err
	})
}
