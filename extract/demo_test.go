package extract

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"
)

// brought is a delivery with its bytes.
type brought struct {
	Delivery
	source, text string
}

func bring(t *testing.T, config DemoConfig) []brought {
	t.Helper()
	var all []brought
	for _, source := range Sources() {
		if source.Demo == nil {
			continue
		}
		for d := range source.Demo(config) {
			var out bytes.Buffer
			if err := d.Write(&out); err != nil {
				t.Fatalf("%s/%s: %v", source.Name, d.Name, err)
			}
			all = append(all, brought{d, source.Name, out.String()})
		}
	}
	return all
}

func find(t *testing.T, all []brought, source, stream string, night int) brought {
	t.Helper()
	for _, d := range all {
		if d.source == source && d.Stream == stream && d.Night == night {
			return d
		}
	}
	t.Fatalf("no %s/%s on night %d", source, stream, night)
	return brought{}
}

func TestSourcesDescribeThemselves(t *testing.T) {
	for _, source := range Sources() {
		if source.Name == "" || source.Title == "" || source.Doc == "" || len(source.Streams) == 0 {
			t.Errorf("source %q says too little of itself", source.Name)
		}
		for _, stream := range source.Streams {
			if stream.Name == "" || stream.Doc == "" || stream.Cadence == "" {
				t.Errorf("stream %s/%s says too little of itself", source.Name, stream.Name)
			}
		}
	}
}

func TestDemoIsTheSameEveryTime(t *testing.T) {
	sum := func(config DemoConfig) string {
		hash := sha256.New()
		for _, d := range bring(t, config) {
			fmt.Fprintln(hash, d.source, d.Night, d.AsOf, d.Account, d.Stream, d.Name, len(d.text))
			_, _ = io.WriteString(hash, d.text)
		}
		fmt.Fprint(hash, DemoCatalog(config))
		return fmt.Sprintf("%x", hash.Sum(nil))
	}
	first := sum(DemoConfig{Seed: 1})
	if again := sum(DemoConfig{Seed: 1}); again != first {
		t.Error("the same configuration gave other bytes")
	}
	if other := sum(DemoConfig{Seed: 2}); other == first {
		t.Error("another seed gave the same bytes")
	}
}

func TestDemoBringsEveryStreamInTime(t *testing.T) {
	config := DemoConfig{}.withDefaults()
	seen := map[string]bool{}
	nights := map[string]int{}
	for _, d := range bring(t, config) {
		seen[d.source+"/"+d.Stream] = true
		if d.Night < nights[d.source] || d.Night > DemoNights {
			t.Errorf("%s/%s: night %d comes after night %d", d.source, d.Name, d.Night, nights[d.source])
		}
		nights[d.source] = d.Night
		if d.AsOf.After(config.asOf(d.Night).Add(time.Hour)) || d.AsOf.Before(config.Start) {
			t.Errorf("%s/%s: captured at %s", d.source, d.Name, d.AsOf)
		}
	}
	for _, source := range Sources() {
		for _, stream := range source.Streams {
			if source.Demo != nil && !seen[source.Name+"/"+stream.Name] {
				t.Errorf("the demo brings nothing of %s/%s", source.Name, stream.Name)
			}
		}
	}
}

func TestDemoStatementsAreTrueToTheirForms(t *testing.T) {
	all := bring(t, DemoConfig{Seed: 1})
	old := find(t, all, "distrokid", "bank", 2).text
	if strings.Contains(old, "\n") || !strings.HasSuffix(old, "\r") {
		t.Error("the TSV must have bare CR line ends")
	}
	lines := strings.Split(strings.TrimSuffix(old, "\r"), "\r")
	for _, line := range lines {
		if got := strings.Count(line, "\t"); got != 12 {
			t.Fatalf("%d tabs in %q", got, line)
		}
	}
	if got := len(lines); got < 1600 || got > 2200 {
		t.Errorf("%d lines at scale 1", got)
	}
	for wart, pattern := range map[string]string{
		"negative money":      `\t-0\.\d{8}`,
		"quantity zero":       `\t0\t100\tSong`,
		"country OU":          `\tOU\t`,
		"blank UPC":           `\tQZXXX24\d{5}\t\t`,
		"album without ISRC":  `\t\t\d{13}\t1\t100\tAlbum`,
		"unmapped store":      `\tLuna\t`,
		"unresolved artist":   `\t` + demoStranger + `\t`,
		"thirteen digit code": `\t0190000000\d{3}\t`,
	} {
		if !regexp.MustCompile(pattern).MatchString(old) {
			t.Errorf("no %s in the statement", wart)
		}
	}
	seen := map[string]bool{}
	identical := false
	for _, line := range lines {
		identical = identical || seen[line]
		seen[line] = true
	}
	if !identical {
		t.Error("no identical lines in the statement")
	}
	quoted := find(t, all, "distrokid", "bank", 3)
	first, _, _ := strings.Cut(quoted.text, "\n")
	if quoted.Name != "results.csv" || strings.Count(first, `","`) != 14 {
		t.Errorf("%s begins %s", quoted.Name, first)
	}
}

func TestDemoCorrectsOneMonth(t *testing.T) {
	all := bring(t, DemoConfig{Seed: 1})
	count := func(text string) map[string]int {
		lines := map[string]int{}
		for _, line := range strings.Split(text, "\r") {
			lines[line]++
		}
		return lines
	}
	before, after := count(find(t, all, "distrokid", "bank", 1).text), count(find(t, all, "distrokid", "bank", 2).text)
	gone := 0
	for line, n := range before {
		if after[line] < n {
			gone++
		}
	}
	if gone != 1 {
		t.Errorf("%d lines of the first statement are not in the second; want the corrected one", gone)
	}
}

func TestDemoPagesHoldWhatAReaderLooksFor(t *testing.T) {
	all := bring(t, DemoConfig{Seed: 1})
	page := find(t, all, "distrokid", "streams", 4).text
	charts := regexp.MustCompile(`makeChart\(\s*"(\w+)",`).FindAllStringSubmatch(page, -1)
	if len(charts) != 4 || strings.Count(page, `"category":`) < 365+60+52+12 {
		t.Errorf("%d charts with %d points", len(charts), strings.Count(page, `"category":`))
	}
	apple := find(t, all, "distrokid", "applemusic", 4).text
	start := strings.Index(apple, "var chartData = ") + len("var chartData = ")
	var data map[string]struct {
		DataProvider []struct{ Field string }
	}
	if err := json.NewDecoder(strings.NewReader(apple[start:])).Decode(&data); err != nil {
		t.Fatal(err)
	}
	if len(data) != 14 || len(data["last365days"].DataProvider) != 300 || len(data["playlists1year"].DataProvider) != 0 {
		t.Errorf("%d charts, %d days", len(data), len(data["last365days"].DataProvider))
	}
}

func TestDemoRestatesDays(t *testing.T) {
	all := bring(t, DemoConfig{Seed: 1})
	days := func(night int) map[string]string {
		_, chart, _ := strings.Cut(find(t, all, "distrokid", "streams", night).text, `makeChart("trend365day"`)
		found := map[string]string{}
		for _, m := range regexp.MustCompile(`"category":"([0-9-]+)","column-1": (\d+)`).FindAllStringSubmatch(chart, -1) {
			found[m[1]] = m[2]
		}
		return found
	}
	restated := 0
	later := days(2)
	for day, streams := range days(1) {
		if now, shown := later[day]; shown && now != streams {
			restated++
		}
	}
	if restated < 2 || restated > 10 {
		t.Errorf("%d days restated", restated)
	}
}

func TestDemoSpotifyFilesAreTrueToTheirForms(t *testing.T) {
	all := bring(t, DemoConfig{Seed: 1})
	for _, d := range all {
		if d.source != "spotify" {
			continue
		}
		if strings.HasSuffix(d.Name, ".json") {
			if !json.Valid([]byte(d.text)) {
				t.Errorf("%s: is no JSON", d.Name)
			}
			continue
		}
		if !strings.HasPrefix(d.text, byteOrderMark) || !strings.HasSuffix(d.text, "\n") {
			t.Errorf("%s: byte order mark or last line end is missing", d.Name)
		}
	}
	garbled := 0
	for _, line := range strings.Split(find(t, all, "spotify", "audience", 3).text, "\n") {
		if strings.Contains(line, "#REF!") {
			garbled++
		}
	}
	if garbled != 1 {
		t.Errorf("%d garbled rows", garbled)
	}
}

func TestDemoCatalogLeavesSomethingUnresolved(t *testing.T) {
	config := DemoConfig{Seed: 1}
	files := DemoCatalog(config)
	tracks := config.withDefaults().tracks()
	if last := tracks[len(tracks)-1].isrc; strings.Contains(files["tracks.csv"], last) {
		t.Errorf("%s is in the catalog", last)
	}
	if !strings.Contains(files["artists.csv"], "spotify,zone_a0,ZONE A0\n") || strings.Contains(files["artists.csv"], demoStranger) {
		t.Errorf("artists.csv:\n%s", files["artists.csv"])
	}
}

// counter counts bytes and lines and remembers nothing.
type counter struct{ bytes, lines int }

func (c *counter) Write(p []byte) (int, error) {
	c.bytes += len(p)
	c.lines += bytes.Count(p, []byte("\n"))
	return len(p), nil
}

func TestDemoScales(t *testing.T) {
	config := DemoConfig{Seed: 1, Scale: 100}.withDefaults()
	var out counter
	allocated := testing.AllocsPerRun(1, func() {
		out = counter{}
		if err := config.writeBank(&out, bankV2, DemoNights); err != nil {
			t.Fatal(err)
		}
	})
	if out.lines < 190_000 || out.lines > 215_000 {
		t.Errorf("%d lines at scale 100", out.lines)
	}
	if perLine := allocated / float64(out.lines); perLine > 2 {
		t.Errorf("%.1f allocations a line: a large scale would drown in them", perLine)
	}
}

func BenchmarkDemoBank(b *testing.B) {
	config := DemoConfig{Seed: 1, Scale: 100}.withDefaults()
	for b.Loop() {
		var out counter
		if err := config.writeBank(&out, bankV2, DemoNights); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(out.bytes))
	}
}

func TestDemoKeepsWriteErrors(t *testing.T) {
	config := DemoConfig{Seed: 1}.withDefaults()
	if err := config.writeBank(brokenWriter{}, bankV1, 1); err == nil {
		t.Error("a full disk went unnoticed")
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrShortWrite }
