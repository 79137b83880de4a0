package extract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bedrot/extract/session"
	"bedrot/zones"
)

// Import takes a login out of a file: cookies that a browser exported, for the source and account that are
// named, or a whole login that Export wrote, which says itself whose it is. It takes the place of whatever
// was kept.
func (l *Logins) Import(data []byte, name, account string) error {
	if session.Sealed(data) != session.Open {
		return l.importSealed(data, name, account)
	}
	s, err := l.find(name, account)
	if err != nil {
		return err
	}
	if s.Source.Site == nil {
		return misused("bedrot session login "+s.Source.Name+" --account "+s.Account, "a login of %s does not consist of cookies", s.Source.Name)
	}
	rules := s.Site().Rules()
	in, err := session.Import(data, rules, l.Now())
	if err != nil {
		return told(s, err)
	}
	for _, line := range in.Says() {
		l.Say("%s", line)
	}
	if err := l.Store.SaveRecord(s.Source.Name, s.Account, in.Record, rules); err != nil {
		return err
	}
	return l.imported(s)
}

func (l *Logins) imported(s *Session) error {
	err := l.tell(s, "imported")
	l.Say("next: bedrot session test %s --account %s", s.Source.Name, s.Account)
	return err
}

func (l *Logins) importSealed(data []byte, name, account string) error {
	by := session.By{Key: l.Store.Key, Passphrase: l.Store.Passphrase}
	if session.Sealed(data) == session.ByPassphrase && by.Passphrase == "" && l.Ask != nil {
		var err error
		if by.Passphrase, err = l.Ask("passphrase of the exported login: "); err != nil {
			return err
		}
	}
	var of *Session
	_, err := l.Store.ImportSealed(data, by, func(login session.Login) (err error) {
		if name != "" && name != login.Source || account != "" && account != login.Account {
			return &zones.Error{
				Code: "login_unusable", What: fmt.Sprintf("the file is the login of %s:%s, and an account's login stays that account's", login.Source, login.Account),
				Next: "leave --source and --account away, or export the right one",
			}
		}
		of, err = l.find(login.Source, login.Account)
		return err
	})
	if err != nil {
		return err
	}
	return l.imported(of)
}

// Export writes an account's whole login, encrypted: for a recipient of age, else by the passphrase or the
// key that are configured, else by a passphrase that is asked for. An empty path is out.
func (l *Logins) Export(out io.Writer, path, name, account, recipient string) error {
	s, err := l.find(name, account)
	if err != nil {
		return err
	}
	to := session.To{Recipient: recipient}
	if recipient == "" {
		if to, err = l.recipient(); err != nil {
			return err
		}
	}
	var file bytes.Buffer
	err = l.Store.Export(&file, s.Source.Name, s.Account, to)
	if errors.Is(err, fs.ErrNotExist) {
		return &zones.Error{
			Code: "login_needed", Source: s.Source.Name, Account: s.Account, Where: s.Source.Name + ":" + s.Account,
			What: "there is no login to export", Next: "bedrot session login " + s.Source.Name + " --account " + s.Account,
		}
	}
	if err != nil {
		return err
	}
	if path == "" {
		_, err = out.Write(file.Bytes())
		return err
	}
	if err := writePrivate(path, file.Bytes()); err != nil {
		return err
	}
	l.Say("%s:%s: exported to %s\nnext, on the other machine: bedrot session import %s", s.Source.Name, s.Account, path, filepath.Base(path))
	return nil
}

func (l *Logins) recipient() (to session.To, err error) {
	if l.Store.Passphrase != "" {
		return session.To{Passphrase: l.Store.Passphrase}, nil
	}
	if to.Recipient, err = l.Store.Recipient(); err != nil || to.Recipient != "" || l.Ask == nil {
		return to, err
	}
	if to.Passphrase, err = l.Ask("passphrase for the exported login: "); err != nil {
		return to, err
	}
	again, err := l.Ask("once more: ")
	if err == nil && again != to.Passphrase {
		err = misused("do it again", "the passphrases differ")
	}
	return to, err
}

// writePrivate writes a file that nobody else may read, in place of one that is there.
func writePrivate(path string, text []byte) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".login-*") // is mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// Warnings tell of the logins of accounts that end soon, ahead of the day. That one is over is told by whoever
// needs it; so is one that cannot be read, and here as a warning.
func (l *Logins) Warnings(choice zones.Selection) []zones.Error {
	list, err := l.List("")
	var found []zones.Error
	if err != nil {
		var told *zones.Error
		e := zones.Error{Code: "failed", What: err.Error(), Next: "bedrot session list"}
		if errors.As(err, &told) {
			e = *told
		}
		e.Severity, e.Recovered, e.Step = "warn", true, "extract"
		found = append(found, e)
	}
	for _, st := range list {
		if st.State != session.Expiring || !l.chosen(choice, st) {
			continue
		}
		urgent := ""
		if st.Urgent() {
			urgent = ": it is high time that a person logs in"
		}
		found = append(found, zones.Error{
			Code: "login_ending", Severity: "warn", Source: st.Source, Account: st.Account, Step: "extract", Where: st.Source + ":" + st.Account, Recovered: true,
			What: fmt.Sprintf("the login ends on %s, in %s%s", st.ExpiresAt.Format(time.DateOnly), st.Left(), urgent),
			Next: "bedrot session login " + st.Source + " --account " + st.Account,
		})
	}
	return found
}

// chosen reports whether an account is one of the lake's, and something of it is to be fetched.
func (l *Logins) chosen(choice zones.Selection, st session.Standing) bool {
	s, err := l.find(st.Source, st.Account)
	if err != nil {
		return false
	}
	for _, stream := range s.Source.Streams {
		if stream.Fetch != nil && choice.Has(st.Source, stream.Name, st.Account) {
			return true
		}
	}
	return false
}
