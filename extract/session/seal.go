package session

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"filippo.io/age"

	"bedrot/zones"
)

// Seal is how a login is encrypted.
type Seal string

// The seals.
const (
	Open         Seal = "open" // not at all: the modes of file and folders are all that protects it
	ByPassphrase Seal = "passphrase"
	ByKey        Seal = "key"
)

// The settings that main.go takes a store's secrets from.
const (
	PassphraseSetting = "BEDROT_SESSION_PASSPHRASE"
	KeySetting        = "BEDROT_SESSION_KEY"
)

// seal encrypts by the best that is configured.
func (s *Store) seal(body []byte) (Seal, []byte, error) {
	var to age.Recipient
	var how Seal
	switch {
	case s.Key != "":
		identity, err := s.identity()
		if err != nil {
			return "", nil, err
		}
		how, to = ByKey, identity.Recipient()
	case s.Passphrase != "":
		recipient, err := age.NewScryptRecipient(s.Passphrase)
		if err != nil {
			return "", nil, err
		}
		if s.Work > 0 {
			recipient.SetWorkFactor(s.Work)
		}
		how, to = ByPassphrase, recipient
	default:
		return Open, body, nil
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, to)
	if err != nil {
		return "", nil, err
	}
	if _, err := w.Write(body); err != nil {
		return "", nil, err
	}
	if err := w.Close(); err != nil {
		return "", nil, err
	}
	return how, sealed.Bytes(), nil
}

// open decrypts what seal made.
func (s *Store) open(how Seal, body []byte, path string) ([]byte, error) {
	var by age.Identity
	var setting string
	switch how {
	case Open:
		return body, nil
	case ByKey:
		setting = KeySetting
		if s.Key != "" {
			identity, err := s.identity()
			if err != nil {
				return nil, err
			}
			by = identity
		}
	case ByPassphrase:
		setting = PassphraseSetting
		if s.Passphrase != "" {
			identity, err := age.NewScryptIdentity(s.Passphrase)
			if err != nil {
				return nil, err
			}
			by = identity
		}
	default:
		return nil, locked(path, "the kept login is encrypted in a way this bedrot does not know", "use the bedrot that wrote it, or log in again")
	}
	if by == nil {
		return nil, locked(path, "the kept login is encrypted, and "+setting+" is not set", "set "+setting+" in the environment or in .env to what it was at the login, or log in again")
	}
	r, err := age.Decrypt(bytes.NewReader(body), by)
	if err == nil {
		body, err = io.ReadAll(r)
	}
	var none *age.NoIdentityMatchError
	switch {
	case err == nil:
		return body, nil
	case errors.As(err, &none):
		return nil, locked(path, "the kept login is encrypted, and "+setting+" does not open it", "set "+setting+" to what it was at the login, or log in again")
	}
	return nil, locked(path, "the kept login is damaged, and cannot be decrypted", "log in again")
}

// identity is Key as age reads it. Its error does not repeat it.
func (s *Store) identity() (*age.X25519Identity, error) {
	identity, err := age.ParseX25519Identity(strings.TrimSpace(s.Key))
	if err != nil {
		return nil, &zones.Error{Code: "login_locked", What: KeySetting + " is no age identity", Where: KeySetting, Next: "set it to the line of age-keygen's file that begins with AGE-SECRET-KEY-1"}
	}
	return identity, nil
}

func locked(path, what, next string) error {
	return &zones.Error{Code: "login_locked", What: what, Where: path, Next: next}
}
