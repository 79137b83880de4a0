package session

import (
	"bytes"
	"errors"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// A login made on one machine works on another, and nobody reads it on the way.
func TestALoginIsCarriedToAnotherMachine(t *testing.T) {
	record := Record{LoggedInAt: now.AddDate(0, 0, -2), ProvenAt: now.AddDate(0, 0, -1), State: State{Cookies: []Cookie{cookie("sid", in(5))}, Origins: stored(Item{"token", "canary-token-1"})}}
	secret := key(t)
	public, err := (&Store{Key: secret}).Recipient()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		to   To
		by   By
		seal Seal
	}{
		"by passphrase": {To{Passphrase: "correct horse"}, By{Passphrase: "correct horse"}, ByPassphrase},
		"by key":        {To{Recipient: public + "\n", Passphrase: "a key goes before it"}, By{Key: secret}, ByKey},
		"by either":     {To{Recipient: public}, By{Key: secret, Passphrase: "correct horse"}, ByKey},
	} {
		t.Run(name, func(t *testing.T) {
			laptop, server := newStore(t), newStore(t)
			server.Passphrase = "kept otherwise there"
			if err := laptop.SaveRecord("made_up", "main", record, rules); err != nil {
				t.Fatal(err)
			}
			var file bytes.Buffer
			if err := laptop.Export(&file, "made_up", "main", c.to); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(file.String(), "-----BEGIN AGE ENCRYPTED FILE-----") || strings.Contains(file.String(), "canary") || Sealed(file.Bytes()) != c.seal {
				t.Errorf("%s: %.100s", Sealed(file.Bytes()), file.String())
			}
			save(t, server, "made_up", "main", "canary-older") // is replaced, and not asked first
			login, err := server.ImportSealed(file.Bytes(), c.by, nil)
			if err != nil || login.Source != "made_up" || login.Account != "main" {
				t.Fatal(login, err)
			}
			got, err := server.LoadRecord("made_up", "main")
			if err != nil || !reflect.DeepEqual(got, record) {
				t.Errorf("%+v, %v", got, err)
			}
			list, err := server.List()
			want := Login{Source: "made_up", Account: "main", Kind: KindBrowser, SavedAt: now, LoggedInAt: record.LoggedInAt, ProvenAt: record.ProvenAt, ExpiresAt: now.AddDate(0, 0, 5), Sealed: ByPassphrase}
			if err != nil || len(list) != 1 || list[0] != want {
				t.Errorf("%+v, %v", list, err)
			}
			no := errors.New("not this one")
			if _, err = server.ImportSealed(file.Bytes(), c.by, func(l Login) error {
				if l.Source != "made_up" || l.Account != "main" {
					t.Errorf("%+v", l)
				}
				return no
			}); !errors.Is(err, no) {
				t.Error(err)
			}
			binary, err := io.ReadAll(armor.NewReader(bytes.NewReader(file.Bytes())))
			if err != nil || Sealed(binary) != c.seal {
				t.Error(Sealed(binary), err)
			}
			if _, err := server.ImportSealed(binary, c.by, nil); err != nil {
				t.Error(err)
			}
		})
	}
	laptop, server := newStore(t), newStore(t)
	save(t, laptop, "youtube", "main", "canary-1")
	var file bytes.Buffer
	if err := laptop.Export(&file, "youtube", "main", To{Passphrase: "correct horse"}); err != nil {
		t.Fatal(err)
	}
	if _, err := server.ImportSealed(file.Bytes(), By{Passphrase: "correct horse"}, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := server.Load("youtube", "main"); err != nil || string(got) != "canary-1" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestALoginIsNeverExportedOpen(t *testing.T) {
	s := newStore(t)
	save(t, s, "youtube", "main", "canary-1")
	var file bytes.Buffer
	refused(t, s.Export(&file, "youtube", "main", To{}), "usage", "never exported unencrypted", PassphraseSetting)
	refused(t, s.Export(&file, "youtube", "main", To{Recipient: "canary"}), "usage", "no public key of age")
	if err := s.Export(&file, "youtube", "other", To{Passphrase: "x"}); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if file.Len() > 0 {
		t.Errorf("something was written: %q", file.String())
	}
	if public, err := s.Recipient(); public != "" || err != nil {
		t.Error(public, err)
	}
	s.Key = "canary"
	if _, err := s.Recipient(); err == nil || strings.Contains(err.Error(), "canary") {
		t.Error(err)
	}
}

func TestAnExportThatDoesNotOpenSaysWhatToSet(t *testing.T) {
	s := newStore(t)
	save(t, s, "youtube", "main", "canary-1")
	secret, other := key(t), key(t)
	public, _ := (&Store{Key: secret}).Recipient()
	export := func(to To) []byte {
		var file bytes.Buffer
		if err := s.Export(&file, "youtube", "main", to); err != nil {
			t.Fatal(err)
		}
		return file.Bytes()
	}
	phrase, keyed := export(To{Passphrase: "correct horse"}), export(To{Recipient: public})
	sealed := func(text string) []byte {
		recipient, err := s.recipient(To{Passphrase: "correct horse"})
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		w, err := age.Encrypt(&file, recipient)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return file.Bytes()
	}
	opens := By{Passphrase: "correct horse"}
	for name, c := range map[string]struct {
		data []byte
		by   By
		code string
		says string
	}{
		"nothing set":        {phrase, By{}, "login_locked", "BEDROT_SESSION_PASSPHRASE is not set"},
		"nothing set, a key": {keyed, By{}, "login_locked", "BEDROT_SESSION_KEY is not set"},
		"another passphrase": {phrase, By{Passphrase: "canary"}, "login_locked", "BEDROT_SESSION_PASSPHRASE does not open it"},
		"another key":        {keyed, By{Key: other}, "login_locked", "BEDROT_SESSION_KEY does not open it"},
		"no key":             {keyed, By{Key: "canary"}, "login_locked", "no age identity"},
		"cut":                {phrase[:len(phrase)/2], opens, "login_unusable", "damaged"},
		"no export":          {[]byte("hello"), opens, "login_unusable", "damaged"},
		"no login":           {sealed("hello"), opens, "login_unusable", "no login"},
		"newer":              {sealed(`{"format":9}`), opens, "login_unusable", "newer"},
		"unknown kind":       {sealed(`{"format":1,"login":{"source":"a","account":"b","kind":"c"}}`), opens, "login_unusable", "no kind of login"},
		"no browser's":       {sealed(`{"format":1,"login":{"source":"a","account":"b","kind":"browser"},"secret":"AAAA"}`), opens, "login_unusable", "no kind of login"},
	} {
		_, err := newStore(t).ImportSealed(c.data, c.by, nil)
		t.Run(name, func(t *testing.T) { refused(t, err, c.code, c.says) })
	}
	if _, err := s.ImportSealed(sealed(`{"format":1,"login":{"source":"..","account":"b","kind":"token"}}`), opens, nil); err == nil {
		t.Error("a source .. is taken")
	}
}
