// Package session is where logins live, apart from the lake: what a person gave by logging in, such as a
// refresh token, by source and account. Whoever can read the lake sees none of it.
//
// A login is DIR/<source>/<account>/login.json, and whatever else belongs to it, such as a browser's
// profile, lies beside it. The file says what it is and when it was saved; the secret in it is encrypted
// where a passphrase or a key is configured.
package session

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"bedrot/zones"
)

const (
	dirMode  = 0o700
	fileMode = 0o600

	loginFile = "login.json"
	lockFile  = "lock"
	// maxLogin is more than any login has, what pages keep in a browser included; a larger file is none.
	maxLogin = 16 << 20
	// lockWait is how long a second writer waits: the first one is done within milliseconds.
	lockWait = 10 * time.Second

	format = 1
)

// KindToken is a secret that a program sends to a service's API.
const KindToken = "token"

// Store keeps logins below Dir. It reads no environment: what it needs is passed in. Several programs may
// use one folder at a time.
type Store struct {
	Dir string
	Now func() time.Time
	// Passphrase encrypts what is saved, and opens what was saved with it.
	Passphrase string
	// Key is an age identity (AGE-SECRET-KEY-…) that does the same, and goes before Passphrase.
	Key string

	// Work is how much a passphrase costs to try, as a power of two; 0 is age's own, about a second.
	Work int
}

// StateDir is the folder of what this user's bedrot remembers, below $XDG_STATE_HOME where that is set;
// empty where there is no such place.
func StateDir(xdg string) string {
	if home, err := os.UserHomeDir(); xdg == "" && err == nil {
		xdg = filepath.Join(home, ".local", "state")
	}
	if xdg == "" {
		return ""
	}
	return filepath.Join(xdg, "bedrot")
}

// Login is what is known of a login without opening it.
type Login struct {
	Source  string    `json:"source"`
	Account string    `json:"account"`
	Kind    string    `json:"kind"`
	SavedAt time.Time `json:"saved_at"`
	// LoggedInAt is when a person logged in, and ProvenAt when the service last showed that it works, as
	// far as somebody said so.
	LoggedInAt time.Time `json:"logged_in_at,omitzero"`
	ProvenAt   time.Time `json:"proven_at,omitzero"`
	// ExpiresAt is when it ends by itself; zero when nobody said so.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// RefusedAt is when the service refused it; zero since it was saved.
	RefusedAt time.Time `json:"refused_at,omitzero"`
	// Sealed is how it is encrypted.
	Sealed Seal `json:"sealed"`
}

// document is a login as it is written. Body is content, sealed.
type document struct {
	Format int `json:"format"`
	Login
	Body []byte `json:"body"`
}

// content is what is sealed. It repeats whose it is, so that a file that was put in another's place is
// noticed.
type content struct {
	Source  string `json:"source"`
	Account string `json:"account"`
	Secret  []byte `json:"secret"`
}

// Load is the secret of an account; an error that wraps os.ErrNotExist when there is none.
func (s *Store) Load(source, account string) ([]byte, error) {
	_, secret, err := s.load(source, account, KindToken)
	return secret, err
}

// load opens the login of an account, of one kind or, where that is empty, of any.
func (s *Store) load(source, account, kind string) (login Login, secret []byte, err error) {
	path, err := s.path(source, account)
	if err != nil {
		return login, nil, err
	}
	doc, err := s.read(path)
	if err != nil {
		return login, nil, err
	}
	if kind != "" && doc.Kind != kind {
		return login, nil, s.damaged(path, source, account, fmt.Sprintf("is of another kind: %q, and not %q", doc.Kind, kind))
	}
	body, err := s.open(doc.Sealed, doc.Body, path)
	if err != nil {
		return login, nil, err
	}
	var inside content
	if err := json.Unmarshal(body, &inside); err != nil {
		return login, nil, s.damaged(path, source, account, "does not hold a login")
	}
	if inside.Source != source || inside.Account != account {
		return login, nil, s.damaged(path, source, account, fmt.Sprintf("holds the login of %s:%s", inside.Source, inside.Account))
	}
	return doc.Login, inside.Secret, nil
}

// Save keeps the secret of an account in place of the one before. When it returns, the secret is on the
// disk, and at no time is there half a login.
func (s *Store) Save(source, account string, secret []byte) error {
	return s.SaveUntil(source, account, secret, time.Time{})
}

// SaveUntil is Save of a secret that is known to end by itself.
func (s *Store) SaveUntil(source, account string, secret []byte, expires time.Time) error {
	return s.save(Login{Source: source, Account: account, Kind: KindToken, ExpiresAt: expires}, secret)
}

// save keeps a login, whatever its kind.
func (s *Store) save(login Login, secret []byte) error {
	path, err := s.path(login.Source, login.Account)
	if err != nil {
		return err
	}
	if len(secret) > maxLogin/2 { // as it is written it is less than twice as long
		return &zones.Error{
			Code: "failed", Source: login.Source, Account: login.Account, Where: path, What: fmt.Sprintf("a login of %d bytes is larger than any should be, and was not kept", len(secret)),
			Next: "the one before stays; " + again(login.Source, login.Account),
		}
	}
	body, err := json.Marshal(content{Source: login.Source, Account: login.Account, Secret: secret})
	if err != nil {
		return err
	}
	login.SavedAt, login.RefusedAt = s.Now(), time.Time{}
	for _, at := range []*time.Time{&login.SavedAt, &login.LoggedInAt, &login.ProvenAt, &login.ExpiresAt} {
		if !at.IsZero() {
			*at = at.UTC().Truncate(time.Second)
		}
	}
	doc := document{Format: format, Login: login}
	if doc.Sealed, doc.Body, err = s.seal(body); err != nil {
		return err
	}
	if err := s.makeDirs(login.Source, login.Account); err != nil {
		return err
	}
	unlock, err := s.lock(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer unlock()
	return s.write(path, doc)
}

// write puts a login in the place of the one before; the caller holds its lock.
func (s *Store) write(path string, doc document) error {
	text, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		return err
	}
	return replace(path, append(text, '\n'))
}

// Refused remembers that a service refused the login as it was at a time, so that List tells. The login
// stays: a person may still want to look at it. One that was saved since is another, and is not meant.
func (s *Store) Refused(source, account string, began time.Time) error {
	path, err := s.path(source, account)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(path); err != nil {
		return err
	}
	unlock, err := s.lock(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer unlock()
	doc, err := s.read(path)
	if err != nil || doc.SavedAt.After(began) {
		return err
	}
	doc.RefusedAt = s.Now().UTC().Truncate(time.Second)
	return s.write(path, doc)
}

// Forget takes a login away; an error that wraps os.ErrNotExist when there is none. What lies beside it
// stays.
func (s *Store) Forget(source, account string) error {
	path, err := s.path(source, account)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(path); err != nil {
		return err
	}
	unlock, err := s.lock(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer unlock()
	if err := os.Remove(path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// List tells of every login by source and account, without opening any. What cannot be read is told as an
// error beside those that can.
func (s *Store) List() ([]Login, error) {
	var list []Login
	paths, err := filepath.Glob(filepath.Join(globbed(s.Dir), "*", "*", loginFile))
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	var failed []error
	for _, path := range paths {
		account := filepath.Base(filepath.Dir(path))
		source := filepath.Base(filepath.Dir(filepath.Dir(path)))
		if _, err := s.path(source, account); err != nil {
			continue
		}
		doc, err := s.read(path)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		doc.Source, doc.Account = source, account
		list = append(list, doc.Login)
	}
	return list, errors.Join(failed...)
}

// globbed is a folder's name as Glob takes it literally.
func globbed(dir string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(dir)
}

func (s *Store) path(source, account string) (string, error) {
	for what, name := range map[string]string{"source": source, "account": account} {
		if err := zones.CheckName(what, name); err != nil {
			return "", err
		}
	}
	return filepath.Join(s.Dir, source, account, loginFile), nil
}

func (s *Store) read(path string) (document, error) {
	var doc document
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if err := ownOnly(dir, dirMode); err != nil {
			return doc, err
		}
		if dir == filepath.Clean(s.Dir) {
			break
		}
	}
	if err := ownOnly(path, fileMode); err != nil {
		return doc, err
	}
	file, err := os.Open(path)
	if err != nil {
		return doc, err
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxLogin))
	if err != nil {
		return doc, err
	}
	source, account := filepath.Base(filepath.Dir(filepath.Dir(path))), filepath.Base(filepath.Dir(path))
	if err := json.Unmarshal(text, &doc); err != nil {
		return doc, s.damaged(path, source, account, "cannot be read")
	}
	if doc.Format > format {
		return doc, &zones.Error{Code: "lake_newer", What: "a newer bedrot wrote this login", Where: path, Next: "use that bedrot, or log in again: " + again(source, account)}
	}
	return doc, nil
}

// lock keeps other writers of the login away until the function it returns is called.
func (s *Store) lock(dir string) (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(context.Background(), lockWait)
	defer cancel()
	lock := flock.New(filepath.Join(dir, lockFile), flock.SetPermissions(fileMode))
	held, err := lock.TryLockContext(ctx, 5*time.Millisecond)
	if err != nil || !held {
		return nil, &zones.Error{
			Code: "permission", What: "another program keeps the login locked", Where: dir, Err: err,
			Next: "wait until it is done, then do it again",
		}
	}
	return func() { _ = lock.Unlock() }, nil
}

func (s *Store) makeDirs(source, account string) error {
	for _, dir := range []string{s.Dir, filepath.Join(s.Dir, source), filepath.Join(s.Dir, source, account)} {
		if err := os.MkdirAll(dir, dirMode); err != nil {
			return err
		}
		if err := ownOnly(dir, dirMode); err != nil {
			return err
		}
		// What holds Dir may be closed to us; a folder lost with the power is made again at the next login.
		if err := syncDir(filepath.Dir(dir)); err != nil && dir != s.Dir {
			return err
		}
	}
	return nil
}

// replace writes a file beside the one it replaces, and renames it once it is on the disk. What a writer
// that was killed left beside is written over: the caller holds the lock.
func replace(path string, text []byte) (err error) {
	beside := path + ".new"
	if err := os.Remove(beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := os.OpenFile(beside, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(beside)
		}
	}()
	_, err = io.Copy(file, bytes.NewReader(text))
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	if err := os.Rename(beside, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func again(source, account string) string {
	return fmt.Sprintf("bedrot session login %s --account %s", source, account)
}

func (s *Store) damaged(path, source, account, how string) error {
	return &zones.Error{
		Code: "login_needed", Source: source, Account: account, Where: path,
		What: "the kept login " + how, Next: again(source, account),
	}
}
