package zones

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// randomLake fills a lake with versions, raw files, drops and foreign files, as chance has it, and
// returns what must survive: every file that is not ours, and every file that a version which must stay
// needs.
func randomLake(t *testing.T, random *rand.Rand, root string, now time.Time) (l *Lake, foreign map[string]bool) {
	t.Helper()
	l, err := Init(root, "", Files{}, now.AddDate(-2, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	put := func(path, text string) {
		t.Helper()
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	for range random.IntN(4) {
		run := now.AddDate(0, 0, -random.IntN(80)).Format(asOfLayout) + "-" + fmt.Sprintf("%06x", random.IntN(1<<24))
		put("audit/evidence/"+run+"/s-a-x/page.png", "picture")
		put("audit/evidence/"+run+"/s-a-x/trace.zip", "trace")
	}
	var raws []string
	for range random.IntN(5) {
		at := now.AddDate(0, 0, -random.IntN(400)).Truncate(time.Second)
		drop := Drop{Format: Format, Source: "s", Stream: "x", Account: "a", AsOf: at, LandedAt: at}
		text := fmt.Sprint("drop ", random.Uint64())
		file := fmt.Sprintf("000-f%d.csv", random.IntN(3))
		sum := hashOf(text)
		drop.Files = []DropFile{{Name: "f.csv", Path: file, Bytes: int64(len(text)), SHA256: sum}}
		drop.ID = dropID(at, drop.Files)
		dir := l.Rel(l.DropDir("s", "x", "a", drop.ID))
		data, _ := seal(drop)
		put(filepath.Join(dir, "drop.json"), string(data))
		put(filepath.Join(dir, file), text)
		for _, script := range []string{"aaaaaaaa", "bbbbbbbb"}[:1+random.IntN(2)] {
			raw := "raw/s__x/a~" + drop.ID + "~" + script + ".parquet"
			put(raw, "raw "+text)
			put(strings.TrimSuffix(raw, ".parquet")+".json", "{}")
			raws = append(raws, raw)
		}
	}
	current := ""
	for i := range 1 + random.IntN(6) {
		at := now.AddDate(0, 0, -400+i*60+random.IntN(50))
		run := at.UTC().Format(asOfLayout) + "-" + fmt.Sprintf("%06x", random.IntN(1<<24))
		table := Table{Name: "raw.s__x"}
		for _, raw := range raws {
			if random.IntN(2) == 0 {
				m := rawPattern.FindStringSubmatch(filepath.Base(raw))
				table.Drops = append(table.Drops, RawDrop{ID: m[2], Account: m[1], File: raw})
			}
		}
		data, _ := json.Marshal(table)
		part := "curated/x/all~" + run + ".parquet"
		version := Version{Format: Format, Run: run, Created: at, Previous: current, Tables: map[string]TableRef{"raw.s__x": {SHA256: hashOf(string(data))}}}
		text, _ := seal(version)
		dir := "versions/" + run + "/"
		put(dir+"version.json", string(text))
		put(dir+"tables/raw.s__x.json", string(data))
		put(dir+part, run)
		if err := os.MkdirAll(filepath.Join(root, dir, "staging"), 0o750); err != nil {
			t.Fatal(err)
		}
		current = run
	}
	if l.Files.NoSymlinks {
		put("current", "versions/"+current+"\n")
	} else if err := os.Symlink("versions/"+current, filepath.Join(root, "current")); err != nil {
		t.Fatal(err)
	}
	foreign = map[string]bool{}
	places := []string{"", "versions", "versions/" + current, "raw", "raw/s__x", "landing", "landing/s", "landing/s/x", "archive", "audit", "run", "inbox"}
	entries, _ := os.ReadDir(filepath.Join(root, "versions"))
	for _, entry := range entries {
		places = append(places, "versions/"+entry.Name()+"/curated/x", "versions/"+entry.Name()+"/tables")
	}
	pages, _ := os.ReadDir(filepath.Join(root, "audit", "evidence"))
	for _, entry := range pages {
		places = append(places, "audit/evidence", "audit/evidence/"+entry.Name(), "audit/evidence/"+entry.Name()+"/s-a-x")
	}
	names := []string{"notes.txt", "20240101T000000Z-abcdef", "a~b~c.parquet", "drop=1", "all.parquet", "x.json", "20240101T000000Z-abcdef.bak"}
	for range random.IntN(4) {
		path := filepath.Join(places[random.IntN(len(places))], names[random.IntN(len(names))])
		if _, err := os.Lstat(filepath.Join(root, path)); err == nil {
			continue
		}
		put(path, "foreign")
		foreign[path] = true
	}
	return l, foreign
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// inMemory is a temporary folder in memory where the system has one: a thousand lakes' fsyncs take a disk
// the better part of a minute.
func inMemory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "bedrot-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// TestPruneTakesNothingForeignAndNothingNeeded lets retention loose on a thousand lakes of chance. What
// bedrot did not make stays to the byte; what a version that is left stands on stays; what came can be
// read as it came; and nothing outside the lake is touched.
func TestPruneTakesNothingForeignAndNothingNeeded(t *testing.T) {
	random := rand.New(rand.NewPCG(1987, 5))
	now := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	removed, packed := 0, 0
	home := inMemory(t)
	for i := range 1000 {
		dir := filepath.Join(home, fmt.Sprint(i))
		l, foreign := randomLake(t, random, filepath.Join(dir, "lake"), now)
		outside := filepath.Join(dir, "outside.txt")
		if err := os.WriteFile(outside, []byte("outside"), 0o600); err != nil {
			t.Fatal(err)
		}
		if random.IntN(4) == 0 { // a way out, if names were followed
			_ = os.Symlink(dir, filepath.Join(l.Root, "versions", "20240101T000000Z-aaaaaa"))
		}
		w, err := l.Lock("prune", now)
		if err != nil {
			t.Fatal(err)
		}
		rules := Retention{PackAfterDays: random.IntN(200), VersionDays: random.IntN(60), VersionMonths: random.IntN(6), EvidenceDays: random.IntN(60)}
		acts, err := w.Plan(rules, now)
		if err == nil {
			acts, err = w.Apply(t.Context(), acts)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil {
			t.Fatalf("lake %d: %v", i, err)
		}
		for _, act := range acts {
			switch {
			case act.Left != "":
			case act.Kind == "drop":
				packed++
			default:
				removed++
			}
		}
		for path := range foreign {
			if data, err := os.ReadFile(l.Path(path)); err != nil || string(data) != "foreign" {
				t.Errorf("lake %d: %s is gone: %v", i, path, err)
			}
		}
		if data, err := os.ReadFile(outside); err != nil || string(data) != "outside" {
			t.Errorf("lake %d: a file outside is gone", i)
		}
		stands(t, l, i)
	}
	if removed < 300 || packed < 300 {
		t.Errorf("only %d things were let go and %d packed: this proves little", removed, packed)
	}
}

// stands checks what must be there after pruning.
func stands(t *testing.T, l *Lake, i int) {
	t.Helper()
	runs, err := l.Versions()
	if err != nil {
		t.Fatal(err)
	}
	current, err := l.currentRun()
	if err != nil || len(runs) == 0 {
		t.Fatalf("lake %d: nothing is left: %v", i, err)
	}
	if _, err := l.ReadVersion(current); err != nil {
		t.Errorf("lake %d: the published version is gone: %v", i, err)
	}
	for _, run := range runs {
		version, err := l.ReadVersion(run)
		if err != nil {
			t.Errorf("lake %d: %v", i, err)
			continue
		}
		table, err := version.Table("raw.s__x")
		if err != nil {
			t.Errorf("lake %d: %s: %v", i, run, err)
			continue
		}
		for _, drop := range table.Drops {
			if _, err := os.Lstat(l.Path(drop.File)); err != nil {
				t.Errorf("lake %d: version %s lost %s", i, run, drop.File)
			}
		}
		if _, err := os.Lstat(filepath.Join(version.Dir(), "curated/x/all~"+run+".parquet")); err != nil {
			t.Errorf("lake %d: version %s lost a part", i, run)
		}
	}
	ids, err := l.DropIDs("s", "x", "a")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		drop, err := l.ReadDrop("s", "x", "a", id)
		if err != nil {
			t.Fatal(err)
		}
		path, err := l.Original(t.Context(), drop, drop.Files[0], t.TempDir())
		if err != nil {
			t.Errorf("lake %d: drop %s: %v", i, id, err)
			continue
		}
		if sum, _, err := HashFile(path); err != nil || sum != drop.Files[0].SHA256 {
			t.Errorf("lake %d: drop %s has other bytes", i, id)
		}
	}
}

func TestVersionsStayAsLongAsTheRulesSay(t *testing.T) {
	l, err := Init(t.TempDir(), "", Files{}, noon)
	if err != nil {
		t.Fatal(err)
	}
	at := func(day string) time.Time {
		parsed, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	days := []string{"2025-01-10", "2025-01-31", "2025-02-03", "2025-02-27", "2025-05-01", "2025-05-02", "2025-05-28", "2025-06-08", "2025-06-09"}
	for _, day := range days {
		w, err := l.Lock("test", at(day))
		if err != nil {
			t.Fatal(err)
		}
		run, err := w.NewRunID(at(day))
		if err != nil {
			t.Fatal(err)
		}
		draft, err := w.NewDraft(run, day, "engine", at(day))
		if err == nil {
			err = draft.Publish()
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	acts, err := l.Plan(Retention{VersionDays: 7, VersionMonths: 4}, at("2025-06-10"))
	if err != nil {
		t.Fatal(err)
	}
	var gone []string
	for _, act := range acts {
		gone = append(gone, filepath.Base(act.Path)[:8])
	}
	// 01-31 is older than four months; 02-27 is February's last; 05-01 was replaced over seven days ago,
	// 05-28 is May's last, and 06-08 gave way yesterday.
	want := "20250110 20250131 20250203 20250501 20250502"
	if got := strings.Join(gone, " "); got != want {
		t.Errorf("let go: %s, want %s", got, want)
	}
}

// TestCurrentIsThereWhileVersionsGo resolves the pointer while each version is let go the moment another
// takes its place.
func TestCurrentIsThereWhileVersionsGo(t *testing.T) {
	l := newLake(t)
	w := lockIt(t, l)
	promote := func() {
		if err := publish(t, w, noon, nil).Publish(); err != nil {
			t.Fatal(err)
		}
		acts, err := w.Plan(Retention{}, noon.AddDate(0, 0, 1))
		if err == nil {
			_, err = w.Apply(t.Context(), acts)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	promote()
	stop := make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() {
		for asked := 0; ; asked++ {
			select {
			case <-stop:
				return
			default:
			}
			if version, err := l.Current(); version == nil || err != nil {
				t.Errorf("asked %d times, then: %v %v", asked, version, err)
				return
			}
		}
	})
	for range 200 {
		promote()
	}
	close(stop)
	reader.Wait()
}
