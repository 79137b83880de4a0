package extract

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bedrot/zones"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// importer lands into a new lake; what a file is, its name's first letter says.
func importer(t *testing.T) *Importer {
	t.Helper()
	lake, err := zones.Init(t.TempDir(), "", zones.Files{}, noon)
	if err != nil {
		t.Fatal(err)
	}
	w, err := lake.Lock("test", noon)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	recognise := func(_ context.Context, path, source, stream string, labels map[string]string) ([]zones.Recognised, error) {
		switch name := filepath.Base(path); {
		case source != "":
			return []zones.Recognised{{Source: source, Stream: stream}}, nil
		case strings.HasPrefix(name, "b"):
			return []zones.Recognised{{Source: "distrokid", Stream: "bank"}}, nil
		case strings.HasPrefix(name, "p"):
			at, err := time.Parse(time.DateOnly, name[2:12])
			return []zones.Recognised{{Source: "distrokid", Stream: "bank", Packed: at}}, err
		case strings.HasPrefix(name, "c"):
			return []zones.Recognised{{Source: "distrokid", Stream: "streams", AsOf: noon.Add(-time.Hour), From: "content"}}, nil
		case strings.HasPrefix(name, "s") && labels["artist"] == "":
			return []zones.Recognised{{Source: "spotify", Stream: "songs", Missing: []string{"artist"}}}, nil
		}
		return nil, &zones.Error{Code: "unknown_file", What: "is no export that is known", Where: path}
	}
	return &Importer{Lake: w, Recognise: recognise, Now: noon, Run: "20260102T120000Z-abcdef"}
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestImportPlaces(t *testing.T) {
	im := importer(t)
	dir := t.TempDir()
	for name, c := range map[string]struct {
		options ImportOptions
		from    string
		asOf    time.Time
		warned  bool
	}{
		"b.tsv":                 {ImportOptions{}, "clock", noon, true},
		"b_20250522_141233.tsv": {ImportOptions{}, "name", time.Date(2025, 5, 22, 14, 12, 33, 0, time.UTC), false},
		"c_20250522_141233.tsv": {ImportOptions{}, "content", noon.Add(-time.Hour), false},
		"p_2025-02-24.zip":      {ImportOptions{}, "archive", time.Date(2025, 2, 24, 0, 0, 0, 0, time.UTC), false},
		"p_1980-01-01.zip":      {ImportOptions{}, "clock", noon, true},
		"p_2026-02-01.zip":      {ImportOptions{}, "clock", noon, true},
		"b_20250523_141233.tsv": {ImportOptions{AsOf: noon.Add(-48 * time.Hour)}, "flag", noon.Add(-48 * time.Hour), false},
	} {
		imported, err := im.Import(t.Context(), []string{write(t, filepath.Join(dir, name), name)}, c.options)
		if err != nil || imported[0].Err != nil {
			t.Errorf("%s: %v %v", name, err, imported)
			continue
		}
		drop := imported[0].Drop
		if drop.AsOfFrom != c.from || !drop.AsOf.Equal(c.asOf) || (imported[0].Warning != "") != c.warned || drop.Account != "main" {
			t.Errorf("%s: %+v, warning %q", name, drop, imported[0].Warning)
		}
	}
}

// TestFilesOfOneImport: those of one stream, account and time are one drop; a file nobody can place
// fails alone.
func TestFilesOfOneImport(t *testing.T) {
	im := importer(t)
	dir := t.TempDir()
	paths := []string{
		write(t, filepath.Join(dir, "b1.tsv"), "1"), write(t, filepath.Join(dir, "x.csv"), "?"),
		write(t, filepath.Join(dir, "b2.tsv"), "2"), write(t, filepath.Join(dir, "s.csv"), "3"), dir, filepath.Join(dir, "none"),
	}
	imported, err := im.Import(t.Context(), paths, ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if imported[0].Drop == nil || imported[0].Drop.ID != imported[2].Drop.ID || len(imported[0].Drop.Files) != 2 {
		t.Errorf("two files of a stream are not one drop: %+v", imported)
	}
	for i, says := range map[int]string{1: "no export that is known", 3: "artist", 4: "is a folder", 5: "no such file"} {
		if imported[i].Err == nil || !strings.Contains(imported[i].Err.Error(), says) {
			t.Errorf("%s: %v", paths[i], imported[i].Err)
		}
	}
	var told *zones.Error
	if !errors.As(imported[3].Err, &told) || !strings.Contains(told.Next, "--set artist=") {
		t.Errorf("the next step is not named: %+v", told)
	}
	imported, err = im.Import(t.Context(), paths[3:4], ImportOptions{Labels: map[string]string{"artist": "ZONE A0"}})
	if err != nil || imported[0].Err == nil {
		// With the label the recogniser above knows no such file; what matters is that it is asked with it.
		t.Errorf("%v %+v", err, imported)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := im.Import(stopped, paths, ImportOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a stopped import: %v", err)
	}
}

func TestInbox(t *testing.T) {
	im := importer(t)
	write(t, im.Lake.Path("inbox/b.tsv"), "1")
	write(t, im.Lake.Path("inbox/second/b.tsv"), "2")
	write(t, im.Lake.Path("inbox/second/x.csv"), "?")
	for _, name := range []string{".DS_Store", "b.tsv.part", "b.crdownload", "b.tmp"} {
		write(t, im.Lake.Path("inbox", name), "not yet")
	}
	waiting, err := Waiting(im.Lake.Lake)
	if err != nil || len(waiting) != 3 {
		t.Errorf("%v %v", waiting, err)
	}
	imported, err := im.Inbox(t.Context())
	if err != nil || len(imported) != 3 {
		t.Fatalf("%+v %v", imported, err)
	}
	accounts := map[string]bool{}
	for _, file := range imported {
		if file.Err == nil {
			accounts[file.Drop.Account] = true
		}
	}
	if !accounts["main"] || !accounts["second"] {
		t.Errorf("%v", accounts)
	}
	if waiting, err = Waiting(im.Lake.Lake); err != nil || len(waiting) != 1 || !strings.HasSuffix(waiting[0], "x.csv") {
		t.Errorf("%v %v", waiting, err)
	}
}

func TestCatalogLandsWhenChanged(t *testing.T) {
	im := importer(t)
	land := func() int {
		t.Helper()
		imported, err := im.Catalog(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		im.Now = im.Now.Add(time.Hour)
		return len(imported)
	}
	if n := land(); n != 0 {
		t.Errorf("%d empty files land", n)
	}
	write(t, im.Lake.Path("catalog/artists.csv"), "source,alias,artist\n,ZONE A0,ZONE A0\n")
	if n := land(); n != 1 {
		t.Errorf("%d files land", n)
	}
	if n := land(); n != 0 {
		t.Errorf("%d unchanged files land", n)
	}
	write(t, im.Lake.Path("catalog/artists.csv"), "source,alias,artist\n,ZONE A0,ZONE A0\n,ZNE,ZONE A0\n")
	if n := land(); n != 1 {
		t.Errorf("%d changed files land", n)
	}
}
