package session

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"bedrot/zones"
)

var now = time.Date(2026, time.November, 26, 4, 0, 0, 0, time.UTC)

func newStore(t *testing.T) *Store {
	t.Helper()
	return &Store{Dir: filepath.Join(t.TempDir(), "deep", "logins"), Now: func() time.Time { return now }, Work: 8}
}

func key(t *testing.T) string {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return identity.String()
}

func save(t *testing.T, s *Store, source, account, secret string) {
	t.Helper()
	if err := s.Save(source, account, []byte(secret)); err != nil {
		t.Fatal(err)
	}
}

// refused wants an error with a code, and words in what it says and in the next step.
func refused(t *testing.T, err error, code string, says ...string) {
	t.Helper()
	var told *zones.Error
	if !errors.As(err, &told) || told.Code != code {
		t.Errorf("got %v, wanted %s", err, code)
		return
	}
	for _, word := range says {
		if !strings.Contains(told.What+"; "+told.Next, word) {
			t.Errorf("%q, next %q does not say %q", told.What, told.Next, word)
		}
	}
	if told.Next == "" {
		t.Errorf("%q has no next step", told.What)
	}
}

func TestALoginIsKeptForItsAccountOnly(t *testing.T) {
	for _, seal := range []Seal{Open, ByPassphrase, ByKey} {
		t.Run(string(seal), func(t *testing.T) {
			s := newStore(t)
			switch seal {
			case ByPassphrase:
				s.Passphrase = "correct horse"
			case ByKey:
				s.Key, s.Passphrase = key(t), "a key goes before it"
			}
			if _, err := s.Load("youtube", "zone_a0"); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("before the login: %v", err)
			}
			if list, err := s.List(); err != nil || len(list) > 0 {
				t.Errorf("before the login: %v, %v", list, err)
			}
			save(t, s, "youtube", "zone_a0", "canary-1")
			save(t, s, "youtube", "pig1987", "canary-2")
			save(t, s, "youtube", "zone_a0", "canary-3")
			for account, want := range map[string]string{"zone_a0": "canary-3", "pig1987": "canary-2"} {
				if got, err := s.Load("youtube", account); err != nil || string(got) != want {
					t.Errorf("%s: %q, %v", account, got, err)
				}
			}
			if text, err := os.ReadFile(filepath.Join(s.Dir, "youtube", "zone_a0", "login.json")); err != nil || bytes.Contains(text, []byte("canary")) {
				t.Errorf("%s, %v", text, err)
			}
			if err := s.Forget("youtube", "zone_a0"); err != nil {
				t.Error(err)
			}
			if _, err := s.Load("youtube", "zone_a0"); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("after it was forgotten: %v", err)
			}
			if err := s.Forget("youtube", "zone_a0"); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("forgotten twice: %v", err)
			}
			list, err := s.List()
			if err != nil || len(list) != 1 || list[0] != (Login{Source: "youtube", Account: "pig1987", Kind: KindToken, SavedAt: now, Sealed: seal}) {
				t.Errorf("%+v, %v", list, err)
			}
		})
	}
}

func TestAListTellsWhenALoginEndsWithoutOpeningIt(t *testing.T) {
	s := newStore(t)
	s.Passphrase = "correct horse"
	if err := s.SaveUntil("youtube", "main", []byte("canary-1"), now.AddDate(0, 0, 7)); err != nil {
		t.Fatal(err)
	}
	s.Passphrase = ""
	list, err := s.List()
	if err != nil || len(list) != 1 || !list[0].ExpiresAt.Equal(now.AddDate(0, 0, 7)) || list[0].Sealed != ByPassphrase {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestNobodyElseMayRead(t *testing.T) {
	s := newStore(t)
	save(t, s, "youtube", "main", "canary-1")
	seen := 0
	err := filepath.Walk(s.Dir, func(path string, info os.FileInfo, err error) error {
		want := os.FileMode(0o600)
		if info.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o", path, info.Mode().Perm())
		}
		seen++
		return err
	})
	if err != nil || seen != 5 {
		t.Errorf("%d files and folders, %v", seen, err)
	}
	for path, mode := range map[string]os.FileMode{"youtube/main/login.json": 0o640, "youtube/main": 0o750, "youtube": 0o701, ".": 0o755} {
		at := filepath.Join(s.Dir, path)
		info, err := os.Stat(at)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(at, mode); err != nil {
			t.Fatal(err)
		}
		_, err = s.Load("youtube", "main")
		refused(t, err, "secrets_readable", fmt.Sprintf("chmod %o '%s'", info.Mode().Perm(), at))
		_, err = s.List()
		refused(t, err, "secrets_readable")
		if info.IsDir() {
			refused(t, s.Save("youtube", "main", []byte("canary-2")), "secrets_readable")
		}
		if err := os.Chmod(at, info.Mode().Perm()); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.Load("youtube", "main"); err != nil || string(got) != "canary-1" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestWhatIsNotOursIsRefused(t *testing.T) {
	s := newStore(t)
	save(t, s, "youtube", "main", "canary-1")
	path := filepath.Join(s.Dir, "youtube", "main", "login.json")
	if os.Geteuid() == 0 {
		if err := os.Chown(path, 12345, -1); err != nil {
			t.Fatal(err)
		}
		_, err := s.Load("youtube", "main")
		refused(t, err, "permission", "another user")
		if err := os.Chown(path, 0, -1); err != nil {
			t.Fatal(err)
		}
	}
	elsewhere := filepath.Join(t.TempDir(), "login.json")
	if err := os.Rename(path, elsewhere); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, path); err != nil {
		t.Fatal(err)
	}
	_, err := s.Load("youtube", "main")
	refused(t, err, "permission")
	save(t, s, "youtube", "main", "canary-2") // in place of the link, not through it
	if text, err := os.ReadFile(elsewhere); err != nil || !strings.Contains(string(text), `"body"`) {
		t.Error(err)
	}
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		t.Error(info, err)
	}
	for _, name := range []string{"..", "a/b", "", ".hidden"} {
		if err := s.Save("youtube", name, []byte("x")); err == nil {
			t.Errorf("an account %q", name)
		}
	}
}

func TestWhatDoesNotOpenSaysWhatToSet(t *testing.T) {
	phrase, keyed := newStore(t), newStore(t)
	phrase.Passphrase, keyed.Key = "correct horse", key(t)
	save(t, phrase, "youtube", "main", "canary-1")
	save(t, keyed, "youtube", "main", "canary-1")
	other := key(t)
	for name, c := range map[string]struct {
		store           *Store
		passphrase, key string
		says            []string
	}{
		"no passphrase":      {phrase, "", "", []string{"BEDROT_SESSION_PASSPHRASE is not set"}},
		"another passphrase": {phrase, "canary-wrong", "", []string{"BEDROT_SESSION_PASSPHRASE does not open it"}},
		"only a key":         {phrase, "", other, []string{"BEDROT_SESSION_PASSPHRASE is not set"}},
		"no key":             {keyed, "", "", []string{"BEDROT_SESSION_KEY is not set"}},
		"another key":        {keyed, "", other, []string{"BEDROT_SESSION_KEY does not open it"}},
		"no age key":         {keyed, "", "canary-wrong", []string{"BEDROT_SESSION_KEY is no age identity"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &Store{Dir: c.store.Dir, Now: c.store.Now, Passphrase: c.passphrase, Key: c.key, Work: 8}
			_, err := s.Load("youtube", "main")
			refused(t, err, "login_locked", c.says...)
			if text := fmt.Sprint(err); strings.Contains(text, "canary") || strings.Contains(text, other) {
				t.Errorf("the error holds a secret: %s", text)
			}
		})
	}
	if got, err := phrase.Load("youtube", "main"); err != nil || string(got) != "canary-1" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestALoginInAnothersPlaceIsNoticed(t *testing.T) {
	s := newStore(t)
	s.Passphrase = "correct horse"
	save(t, s, "youtube", "zone_a0", "canary-1")
	save(t, s, "youtube", "pig1987", "canary-2")
	at := func(account string) string { return filepath.Join(s.Dir, "youtube", account, "login.json") }
	if err := os.Rename(at("pig1987"), at("zone_a0")); err != nil {
		t.Fatal(err)
	}
	_, err := s.Load("youtube", "zone_a0")
	refused(t, err, "login_needed", "youtube:pig1987", "bedrot session login youtube --account zone_a0")
	for _, text := range []string{"", "{", `{"format":1,"sealed":"passphrase","body":"AAAA"}`, `{"format":1,"sealed":"open","body":"AAAA"}`, `{"format":9}`} {
		if err := os.WriteFile(at("zone_a0"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Load("youtube", "zone_a0"); err == nil || errors.Is(err, os.ErrNotExist) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A writer that was killed leaves its draft beside the login it did not get to replace.
func TestALoginIsWholeOrNotThere(t *testing.T) {
	s := newStore(t)
	save(t, s, "youtube", "main", "canary-1")
	dir := filepath.Join(s.Dir, "youtube", "main")
	if err := os.WriteFile(filepath.Join(dir, "login.json.new"), []byte(`{"form`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Load("youtube", "main"); err != nil || string(got) != "canary-1" {
		t.Errorf("%q, %v", got, err)
	}
	save(t, s, "youtube", "main", "canary-2")
	if got, err := s.Load("youtube", "main"); err != nil || string(got) != "canary-2" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "login.json.new")); !errors.Is(err, os.ErrNotExist) {
		t.Error("the draft is still there")
	}
	if err := os.MkdirAll(filepath.Join(dir, "login.json.new", "x"), 0o700); err != nil { // it cannot be written
		t.Fatal(err)
	}
	if err := s.Save("youtube", "main", []byte("canary-3")); err == nil {
		t.Error("saved over a folder")
	}
	if got, err := s.Load("youtube", "main"); err != nil || string(got) != "canary-2" {
		t.Errorf("after a failed save: %q, %v", got, err)
	}
}

func TestASecondWriterWaits(t *testing.T) {
	first := newStore(t)
	save(t, first, "youtube", "main", strings.Repeat("0", 1000))
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			s := &Store{Dir: first.Dir, Now: first.Now}
			for range 10 {
				if err := s.Save("youtube", "main", bytes.Repeat([]byte{byte('1' + n)}, 1000*(n+1))); err != nil {
					t.Error(err)
				}
				got, err := s.Load("youtube", "main")
				if err != nil || len(got) == 0 || len(bytes.Trim(got, string(got[:1]))) > 0 {
					t.Errorf("half a login: %.20q…, %v", got, err)
				}
			}
		})
	}
	all.Wait()
}
