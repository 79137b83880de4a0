package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"

	"bedrot/zones"
)

// carried is a login on its way to another machine.
type carried struct {
	Format int    `json:"format"`
	Login  Login  `json:"login"`
	Secret []byte `json:"secret"`
}

// To says who can open a login that is exported: whoever has the key of a recipient, else whoever knows a
// passphrase.
type To struct {
	Recipient  string // age1…
	Passphrase string
}

// By is what opens a login that was exported.
type By struct {
	Key        string // AGE-SECRET-KEY-1…
	Passphrase string
}

// Export writes a whole login for another machine, encrypted with age, as text. Without anybody who could
// open it nothing is written.
func (s *Store) Export(w io.Writer, source, account string, to To) error {
	recipient, err := s.recipient(to)
	if err != nil {
		return err
	}
	login, secret, err := s.load(source, account, "")
	if err != nil {
		return err
	}
	login.Source, login.Account, login.Sealed = source, account, ""
	text, err := json.Marshal(carried{Format: format, Login: login, Secret: secret})
	if err != nil {
		return err
	}
	armored := armor.NewWriter(w)
	sealed, err := age.Encrypt(armored, recipient)
	if err != nil {
		return err
	}
	if _, err := sealed.Write(text); err != nil {
		return err
	}
	return errors.Join(sealed.Close(), armored.Close())
}

func (s *Store) recipient(to To) (age.Recipient, error) {
	switch {
	case to.Recipient != "":
		recipient, err := age.ParseX25519Recipient(strings.TrimSpace(to.Recipient))
		if err != nil {
			return nil, &zones.Error{Code: "usage", What: "the recipient is no public key of age", Next: "age-keygen on the other machine says it: it begins with age1"}
		}
		return recipient, nil
	case to.Passphrase != "":
		recipient, err := age.NewScryptRecipient(to.Passphrase)
		if err == nil && s.Work > 0 {
			recipient.SetWorkFactor(s.Work)
		}
		return recipient, err
	}
	return nil, &zones.Error{
		Code: "usage", What: "a login is never exported unencrypted, and nobody was named who could open it",
		Next: "name a public key of age (--recipient age1…), or set " + PassphraseSetting + " to the same on both machines",
	}
}

// Recipient is the public key that belongs to the store's key; empty without one.
func (s *Store) Recipient() (string, error) {
	if s.Key == "" {
		return "", nil
	}
	identity, err := s.identity()
	if err != nil {
		return "", err
	}
	return identity.Recipient().String(), nil
}

// Sealed says how a file that Export wrote is encrypted; Open is one that Export did not write.
func Sealed(data []byte) Seal {
	header, err := io.ReadAll(io.LimitReader(unarmored(data), 256))
	switch {
	case !bytes.HasPrefix(header, []byte(ageHeader)):
		return Open
	case err == nil && bytes.Contains(header, []byte("\n-> scrypt ")):
		return ByPassphrase
	}
	return ByKey
}

const ageHeader = "age-encryption.org/"

func unarmored(data []byte) io.Reader {
	if text := bytes.TrimSpace(data); bytes.HasPrefix(text, []byte(armor.Header)) {
		return armor.NewReader(bytes.NewReader(text))
	}
	return bytes.NewReader(data)
}

// ImportSealed keeps a login that Export wrote, in place of the one before. Accept is asked first whether
// it is one to be kept; nil accepts any.
func (s *Store) ImportSealed(data []byte, by By, accept func(Login) error) (Login, error) {
	text, err := unseal(data, by)
	if err != nil {
		return Login{}, err
	}
	var in carried
	var record Record
	if json.Unmarshal(text, &in) != nil || in.Format < 1 {
		return Login{}, unusable("it is encrypted, and no login", "make it with bedrot session export")
	}
	if in.Format > format {
		return Login{}, unusable("a newer bedrot wrote it", "use that bedrot here, too")
	}
	login := in.Login
	if login.Kind != KindToken && login.Kind != KindBrowser || login.Kind == KindBrowser && json.Unmarshal(in.Secret, &record) != nil {
		return Login{}, unusable("it holds no kind of login that this bedrot knows", "use the bedrot that wrote it")
	}
	if accept != nil {
		if err := accept(login); err != nil {
			return Login{}, err
		}
	}
	return login, s.save(login, in.Secret)
}

func unseal(data []byte, by By) ([]byte, error) {
	var identities []age.Identity
	if by.Key != "" {
		identity, err := (&Store{Key: by.Key}).identity()
		if err != nil {
			return nil, err
		}
		identities = append(identities, identity)
	}
	if by.Passphrase != "" {
		identity, err := age.NewScryptIdentity(by.Passphrase)
		if err != nil {
			return nil, err
		}
		identities = append(identities, identity)
	}
	setting := PassphraseSetting
	if Sealed(data) == ByKey {
		setting = KeySetting
	}
	closed := func(how string) error {
		return &zones.Error{Code: "login_locked", What: "the exported login is encrypted, and " + setting + " " + how, Next: "set " + setting + " to what opens it, and import it again"}
	}
	if len(identities) == 0 {
		return nil, closed("is not set")
	}
	r, err := age.Decrypt(unarmored(data), identities...)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		return nil, closed("does not open it")
	}
	if err != nil {
		return nil, unusable("it is damaged", "export it again")
	}
	text, err := io.ReadAll(io.LimitReader(r, maxLogin))
	if err != nil {
		return nil, unusable("it is damaged", "export it again")
	}
	return text, nil
}
