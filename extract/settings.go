package extract

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bedrot/extract/browser"
	"bedrot/extract/session"
	"bedrot/zones"
)

// Values looks settings up: in the environment (.env included), then in lake.toml's [settings].
type Values struct {
	// Env is the process's environment, and .env below it.
	Env func(name string) (string, bool)
	// File is [settings] of lake.toml, which holds nothing secret.
	File map[string]string
}

// SettingsOf are those of a lake: what the environment says, then its .env and its lake.toml; a lake of nil
// has neither.
func SettingsOf(lake *zones.Lake, environment func(name string) (string, bool)) Values {
	if lake == nil {
		lake = &zones.Lake{}
	}
	return Values{File: lake.Config.Settings, Env: func(name string) (string, bool) {
		if value, ok := environment(name); ok {
			return value, true
		}
		value, ok := lake.DotEnv[name]
		return value, ok
	}}
}

// Own is a setting of this program's, which belongs to no source; "" where nobody says it.
func (v Values) Own(name string) string {
	value, _ := v.Env(name)
	return value
}

// Browser is where Chromium is, as far as anybody says.
func (v Values) Browser() browser.Options {
	return browser.Options{Executable: v.Own("BEDROT_CHROMIUM"), Driver: v.Own("BEDROT_PLAYWRIGHT")}
}

// Store is where logins are kept: as the settings say, else below state, the folder of what this user's
// programs remember. It is nil where there is no such place.
func (v Values) Store(state string, now func() time.Time) *session.Store {
	store := &session.Store{Dir: v.Own("BEDROT_SESSIONS"), Now: now, Passphrase: v.Own(session.PassphraseSetting), Key: v.Own(session.KeySetting)}
	switch {
	case store.Dir != "":
	case state != "":
		store.Dir = filepath.Join(state, "sessions")
	default:
		return nil
	}
	return store
}

// Heartbeat is the address to call after a night: the environment's, even if it is empty, else the lake's.
func (v Values) Heartbeat(health zones.Health) string {
	if address, found := v.Env("BEDROT_HEARTBEAT"); found {
		return address
	}
	return health.Heartbeat
}

// lookup finds a setting for an account, and where it stands.
func (v Values) lookup(s Setting, account string) (value string, found bool) {
	for _, name := range []string{s.For(account), s.Name} {
		if v.Env != nil {
			if value, ok := v.Env(name); ok && value != "" {
				return value, true
			}
		}
		if value, ok := v.File[name]; ok && value != "" && !s.Secret {
			return value, true
		}
	}
	return s.Default, s.Default != ""
}

// For is the setting's name for one account.
func (s Setting) For(account string) string {
	upper := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, account)
	return s.Name + "_" + upper
}

// Configured says whether an account of a source can be asked: all, some or none of the required settings
// are there. Missing names the others.
type Configured struct {
	Some    bool
	Missing []string
}

// Whole reports whether the account can be asked.
func (c Configured) Whole() bool { return c.Some && len(c.Missing) == 0 }

// Configured looks which of its required settings a source has for an account. A site is configured where
// somebody has logged in, even if that is over, or where its credentials are set; any other source that
// requires nothing always is.
func (s Source) Configured(v Values, account string, logins Tokens) Configured {
	var c Configured
	if s.Site != nil && logins != nil {
		_, err := logins.Load(s.Name, account)
		c.Some = !errors.Is(err, fs.ErrNotExist)
	}
	required := 0
	for _, setting := range s.Settings {
		if !setting.Required {
			continue
		}
		required++
		if _, found := v.lookup(setting, account); found {
			c.Some = true
		} else {
			c.Missing = append(c.Missing, setting.Name)
		}
	}
	c.Some = c.Some || required == 0 && s.Site == nil || s.Site != nil && len(s.missingCredentials(v, account)) == 0
	return c
}

// missingCredentials are the settings that a login form needs and that say nothing.
func (s Source) missingCredentials(v Values, account string) []string {
	missing := []string{}
	for _, setting := range s.Settings {
		if _, found := v.lookup(setting, account); setting.Credential && !found {
			missing = append(missing, setting.Name)
		}
	}
	if !slices.ContainsFunc(s.Settings, func(setting Setting) bool { return setting.Credential }) {
		return []string{"a login"}
	}
	return missing
}

// SetFor lists the accounts for which somebody says what the setting is.
func (s Setting) SetFor(v Values, accounts []string) []string {
	set := []string{}
	s.Default = ""
	for _, account := range accounts {
		if _, found := v.lookup(s, account); found {
			set = append(set, account)
		}
	}
	return set
}

// CheckSettings refuses what stands in [settings] and no source knows, and secrets, which do not belong
// into a file that is shown around.
func CheckSettings(config zones.Config, sources []Source) error {
	for name := range config.Settings {
		setting, known := settingOf(sources, config, name)
		switch {
		case !known:
			return &zones.Error{Code: "config", What: fmt.Sprintf("settings.%s is no setting of any source and account", name), Where: "lake.toml", Next: "bedrot sources NAME lists a source's settings; edit lake.toml"}
		case setting.Secret:
			return &zones.Error{Code: "config", What: fmt.Sprintf("settings.%s is secret and does not belong into lake.toml", name), Where: "lake.toml", Next: "put it into .env beside lake.toml (chmod 600 .env), and take it out of lake.toml"}
		}
	}
	return nil
}

func settingOf(sources []Source, config zones.Config, name string) (Setting, bool) {
	for _, source := range sources {
		for _, setting := range source.Settings {
			if setting.Name == name || slices.ContainsFunc(config.AccountsOf(source.Name), func(account string) bool { return setting.For(account) == name }) {
				return setting, true
			}
		}
	}
	return Setting{}, false
}
