package zones

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func newLake(t *testing.T) *Lake {
	t.Helper()
	lake, err := Init(t.TempDir(), "", Files{}, noon)
	if err != nil {
		t.Fatal(err)
	}
	return lake
}

func lockIt(t *testing.T, lake *Lake) *Writer {
	t.Helper()
	w, err := lake.Lock("test", noon)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

func put(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func delivery(asOf time.Time, from string, paths ...string) Delivery {
	return Delivery{Drop: Drop{Source: "s", Stream: "x", Account: "main", AsOf: asOf, AsOfFrom: from, Origin: "import"}, Paths: paths}
}

func TestLand(t *testing.T) {
	w := lockIt(t, newLake(t))
	file := put(t, t.TempDir(), "my export (1).csv", "a,b\n1,2\n")
	landed, err := w.Land(t.Context(), delivery(noon, "name", file), noon)
	if err != nil || landed.Known {
		t.Fatalf("%+v %v", landed, err)
	}
	drop, err := w.ReadDrop("s", "x", "main", landed.Drop.ID)
	if err != nil {
		t.Fatal(err)
	}
	if drop.Files[0].Name != "my export (1).csv" || drop.Files[0].Path != "000-my_export__1_.csv" || drop.Files[0].Bytes != 8 || !drop.AsOf.Equal(noon) {
		t.Errorf("%+v", drop)
	}
	path := filepath.Join(w.DropDir("s", "x", "main", drop.ID), drop.Files[0].Path)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o444 {
		t.Errorf("a landed file can be written: %v %v", info, err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "a,b\n1,2\n" {
		t.Errorf("the user's file: %q %v", text, err)
	}
	if err := w.Land2(t, delivery(noon, "name", filepath.Join(t.TempDir(), "none.csv"))); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	bad := delivery(noon, "name", file)
	bad.Account = "../etc"
	if err := w.Land2(t, bad); err == nil || !strings.Contains(err.Error(), "../etc") {
		t.Errorf("an account that leads out: %v", err)
	}
	if err := w.Land2(t, delivery(noon, "name", t.TempDir())); err == nil {
		t.Error("a folder lands")
	}
}

// Land2 is Land for its error.
func (w *Writer) Land2(t *testing.T, d Delivery) error {
	t.Helper()
	_, err := w.Land(t.Context(), d, noon)
	return err
}

// TestKnownBytes: A, B, A again. With a time that is only the clock's the third confirms; with one
// that is known it is a drop of its own, and the newest.
func TestKnownBytes(t *testing.T) {
	w := lockIt(t, newLake(t))
	dir := t.TempDir()
	a, b := put(t, dir, "a.csv", "a"), put(t, dir, "b.csv", "b")
	land := func(asOf time.Time, from, path string) Landed {
		t.Helper()
		landed, err := w.Land(t.Context(), delivery(asOf, from, path), noon)
		if err != nil {
			t.Fatal(err)
		}
		return landed
	}
	first := land(noon, "name", a)
	land(noon.Add(time.Hour), "name", b)
	if again := land(noon, "name", a); !again.Known || again.Drop.ID != first.Drop.ID {
		t.Errorf("the same bytes of the same time: %+v", again)
	}
	if again := land(noon.Add(2*time.Hour), "clock", a); !again.Known {
		t.Errorf("the same bytes with the clock's time: %+v", again)
	}
	later := land(noon.Add(3*time.Hour), "flag", a)
	if later.Known || later.Drop.SameAs != first.Drop.ID || !later.Drop.Newer(first.Drop) {
		t.Errorf("the same bytes captured later: %+v", later)
	}
	earlier := land(noon.Add(-time.Hour), "flag", a)
	if earlier.Known || first.Drop.Newer(first.Drop) || earlier.Drop.Newer(first.Drop) {
		t.Errorf("the same bytes captured earlier: %+v", earlier)
	}
	ids, err := w.DropIDs("s", "x", "main")
	if err != nil || len(ids) != 4 || !slices.IsSorted(ids) || ids[3] != later.Drop.ID {
		t.Errorf("%v %v", ids, err)
	}
	found, err := w.FindDrop(later.Drop.ID)
	if err != nil || found.ID != later.Drop.ID {
		t.Errorf("%v %v", found, err)
	}
	if _, err := w.FindDrop("20200101T000000Z-000000000000"); err == nil {
		t.Error("a drop that is not there is found")
	}
}

func TestVerdictsStand(t *testing.T) {
	w := lockIt(t, newLake(t))
	landed, err := w.Land(t.Context(), delivery(noon, "name", put(t, t.TempDir(), "a.csv", "a")), noon)
	if err != nil {
		t.Fatal(err)
	}
	for _, verdict := range []Verdict{Accept, Withdraw} {
		if err := w.Decide(landed.Drop, verdict, noon); err != nil {
			t.Fatal(err)
		}
		verdicts, err := w.Verdicts("s", "x", "main")
		if err != nil || verdicts[landed.Drop.ID] != verdict {
			t.Errorf("%v %v", verdicts, err)
		}
	}
}

func TestTimeInName(t *testing.T) {
	for name, want := range map[string]string{
		"streams_20250522_141233.html":            "2025-05-22T14:12:33Z",
		"dk_bank_details_2025-05-22_14-12-33.tsv": "2025-05-22T14:12:33Z",
		"x-2025-05-22T14:12:33.json":              "2025-05-22T14:12:33Z",
		"audience-2025-05-22.csv":                 "", // a date may be the first day of a window
		"120250522_1412339.csv":                   "",
		"streams_20251322_141233.html":            "",
		"plain.csv":                               "",
	} {
		got, ok := TimeInName(name)
		if text := got.Format(time.RFC3339); ok != (want != "") || ok && text != want {
			t.Errorf("%s: %s %t, want %q", name, text, ok, want)
		}
	}
}

func TestLockTellsWho(t *testing.T) {
	lake := newLake(t)
	w := lockIt(t, lake)
	_, err := lake.Lock("other", noon)
	var locked *LockedError
	if !errors.As(err, &locked) || locked.Holder.PID != os.Getpid() || locked.Holder.Command != "test" || !locked.Holder.Since.Equal(noon) {
		t.Fatalf("%v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := lake.Lock("other", noon)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestSweep leaves in run/ what killed runs leave and what is not ours.
func TestSweep(t *testing.T) {
	lake := newLake(t)
	for _, dir := range []string{"run/4242-0badcafe", "run/mine", "versions/20990101T000000Z-abcdef", "versions/notes"} {
		if err := os.MkdirAll(lake.Path(dir), 0o755); err != nil {
			t.Fatal(err)
		}
		put(t, lake.Path(dir), "x", "x")
	}
	put(t, lake.Path("run"), "4242-0badcafe.lock", "")
	put(t, lake.Path("run/4242-0badcafe"), "20260101T000000Z-abcdef.ndjson", `{"kind":"run","run":"20260101T000000Z-abcdef","at":"2026-01-01T00:00:00Z"}`+"\n"+`{"kind":"st`)
	w := lockIt(t, lake)
	if len(w.Swept) != 2 {
		t.Errorf("swept %v", w.Swept)
	}
	for path, stays := range map[string]bool{"run/4242-0badcafe": false, "run/4242-0badcafe.lock": false, "versions/20990101T000000Z-abcdef": false, "run/mine/x": true, "versions/notes/x": true, "audit/20260101T000000Z-abcdef.ndjson": true} {
		if _, err := os.Stat(lake.Path(path)); (err == nil) != stays {
			t.Errorf("%s: stays is not %t", path, stays)
		}
	}
	text, err := os.ReadFile(lake.Path("audit/20260101T000000Z-abcdef.ndjson"))
	if err != nil || !strings.Contains(string(text), `"killed"`) || strings.Contains(string(text), `{"kind":"st`+"\n") {
		t.Errorf("a killed run's journal: %s %v", text, err)
	}
}

// publish makes a version in which some tables have one part each.
func publish(t *testing.T, w *Writer, at time.Time, texts map[string]string) *Draft {
	t.Helper()
	run, err := w.NewRunID(at)
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.NewDraft(run, "2026-01-01", "v1", at)
	if err != nil {
		t.Fatal(err)
	}
	previous, err := w.Current()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range texts {
		old, err := previous.Table(name)
		if err != nil {
			t.Fatal(err)
		}
		table := &Table{Name: name, Columns: []Column{{"a", "VARCHAR"}}}
		if old != nil && old.Parts[0].Fingerprint == text {
			table.Parts = old.Parts
		} else {
			part, err := d.AddPart(name, Part{Key: "all", Rows: 1, Fingerprint: text}, put(t, w.Scratch.Dir, "part.parquet", text))
			if err != nil {
				t.Fatal(err)
			}
			table.Parts = []Part{part}
		}
		table.SetContent()
		if err := d.PutTable(table); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func TestVersions(t *testing.T) {
	lake := newLake(t)
	w := lockIt(t, lake)
	if version, err := lake.Current(); version != nil || err != nil {
		t.Fatalf("a new lake has a version: %v %v", version, err)
	}
	first := publish(t, w, noon, map[string]string{"curated.a": "one", "staging.b": "two"})
	if err := first.Publish(); err != nil {
		t.Fatal(err)
	}
	same := publish(t, w, noon, map[string]string{"curated.a": "one", "staging.b": "two"})
	if same.Changed() {
		t.Error("the same tables are told as changed")
	}
	if err := same.Discard(); err != nil {
		t.Fatal(err)
	}
	second := publish(t, w, noon, map[string]string{"curated.a": "one", "staging.b": "three"})
	if !second.Changed() || second.Run <= first.Run {
		t.Errorf("changed is %t, runs are %s and %s", second.Changed(), first.Run, second.Run)
	}
	if err := second.Publish(); err != nil {
		t.Fatal(err)
	}
	version, err := lake.Current()
	if err != nil || version.Run != second.Run || version.Previous != first.Run || version.PreviousSHA256 == "" {
		t.Fatalf("%+v %v", version, err)
	}
	inode := func(run, file string) os.FileInfo {
		info, err := os.Stat(lake.Path("versions", run, file))
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	kept := "curated/a/all~" + first.Run + ".parquet"
	if !os.SameFile(inode(first.Run, kept), inode(second.Run, kept)) {
		t.Error("an unchanged part was copied")
	}
	if text, err := os.ReadFile(lake.Path("staging", "b", "all~"+second.Run+".parquet")); err != nil || string(text) != "three" {
		t.Errorf("through the link: %q %v", text, err)
	}
	verified, err := lake.Verify(t.Context(), Subset{})
	if err != nil || len(verified.Damaged) != 0 || verified.Files != 9 { // 2 versions, 4 manifests, 3 parts: one is shared
		t.Errorf("%+v %v", verified, err)
	}
	if err := os.Chmod(lake.Path("versions", second.Run, kept), 0o644); err != nil {
		t.Fatal(err)
	}
	put(t, lake.Path("versions", second.Run, "curated/a"), "all~"+first.Run+".parquet", "onf")
	if verified, err = lake.Verify(t.Context(), Subset{}); err != nil || len(verified.Damaged) != 1 || !strings.Contains(verified.Damaged[0].File, "curated/a") {
		t.Errorf("a flipped bit: %+v %v", verified, err)
	}
	manifest := lake.Path("versions", second.Run, "tables", "staging.b.json")
	if err := os.Chmod(manifest, 0o644); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Dir(manifest), "staging.b.json", `{"name":"staging.b"}`)
	fresh, err := Open(lake.Root, "", Files{})
	if err != nil {
		t.Fatal(err)
	}
	if version, err = fresh.Current(); err != nil {
		t.Fatal(err)
	}
	if _, err := version.Table("staging.b"); err == nil || !strings.Contains(err.Error(), "not the one the version names") {
		t.Errorf("a foreign manifest: %v", err)
	}
}

func TestDamagedPointer(t *testing.T) {
	lake := newLake(t)
	if err := os.Symlink("versions/nonsense", lake.Path("current")); err != nil {
		t.Fatal(err)
	}
	if _, err := lake.Current(); err == nil || !strings.Contains(err.Error(), "names no version") {
		t.Errorf("%v", err)
	}
	if err := os.Remove(lake.Path("current")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("versions/20260101T000000Z-abcdef", lake.Path("current")); err != nil {
		t.Fatal(err)
	}
	var told *Error
	if _, err := lake.Current(); !errors.As(err, &told) || told.Next == "" {
		t.Errorf("%v", err)
	}
}

func TestPartKey(t *testing.T) {
	seen := map[string]string{}
	for _, values := range [][]string{{"a,b"}, {"a", "b"}, {"a/b"}, {"../x"}, {"ü"}, {""}, {"%2C"}, {"2025-01"}, {"A"}, {"a"}} {
		key := PartKey(values)
		if strings.ContainsAny(key, "/\\ ") || seen[key] != "" {
			t.Errorf("%q becomes %q, as does %s", values, key, seen[key])
		}
		seen[key] = fmt.Sprint(values)
	}
	if PartKey(nil) != "all" {
		t.Error("an unpartitioned table's part is called " + PartKey(nil))
	}
}

// TestFaultsCarryThePath: an error of the file layer says what was being done, and where.
func TestFaultsCarryThePath(t *testing.T) {
	files := Files{Fault: func(string, string) error { return syscall.ENOSPC }}
	dir := t.TempDir()
	for op, err := range map[string]error{
		"create":  files.WriteFile(filepath.Join(dir, "x"), nil),
		"rename":  files.Rename(filepath.Join(dir, "x"), filepath.Join(dir, "y")),
		"link":    files.Link(filepath.Join(dir, "x"), filepath.Join(dir, "y")),
		"symlink": files.Symlink("x", filepath.Join(dir, "y")),
		"remove":  files.Remove(filepath.Join(dir, "x")),
		"fsync":   files.SyncDir(dir),
		"mkdir":   files.MkdirAll(dir, filepath.Join(dir, "z")),
	} {
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), op) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v", op, err)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("something was done all the same: %v", entries)
	}
}

func TestWriteFileNeverOverwrites(t *testing.T) {
	path := put(t, t.TempDir(), "x", "mine")
	if err := (Files{}).WriteFile(path, []byte("theirs")); !errors.Is(err, os.ErrExist) {
		t.Errorf("%v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "mine" {
		t.Errorf("it says %q", text)
	}
}

// TestLinkWithoutLinks: a file system without hard links gets copies.
func TestLinkWithoutLinks(t *testing.T) {
	dir := t.TempDir()
	from := put(t, dir, "x", "text")
	for _, to := range []string{filepath.Join(dir, "y"), filepath.Join("/dev/shm", fmt.Sprintf("bedrot-link-%d", os.Getpid()))} {
		if strings.HasPrefix(to, "/dev/shm") {
			if info, err := os.Stat("/dev/shm"); err != nil || !info.IsDir() || strings.HasPrefix(dir, "/dev/shm") {
				continue
			}
		}
		if err := (Files{}).Link(from, to); err != nil {
			t.Errorf("%s: %v", to, err)
		}
		if text, err := os.ReadFile(to); err != nil || string(text) != "text" {
			t.Errorf("%s: %q %v", to, text, err)
		}
		_ = os.Remove(to)
	}
	if err := (Files{}).Link(filepath.Join(dir, "none"), filepath.Join(dir, "z")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
