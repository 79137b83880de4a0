package zones

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"github.com/joho/godotenv"
	"github.com/pelletier/go-toml/v2"
)

// Config is lake.toml. Its zero value is a lake with every default.
type Config struct {
	// Memory is DuckDB's memory limit, such as "2GB"; empty is half of the machine's.
	Memory string `toml:"memory"`
	// Threads is how many DuckDB uses; 0 is one per processor.
	Threads int `toml:"threads"`
	// Spill bounds what DuckDB may write below run/ when memory is short, such as "20GB".
	Spill string `toml:"spill"`
	// Accounts lists each source's accounts, the first being the one meant when none is named.
	Accounts map[string][]string `toml:"accounts"`
	// Settings are what sources need to know and is no secret, named like the environment variables that
	// win over them.
	Settings map[string]string `toml:"settings"`
	// Extract bounds fetching; unset fields are DefaultExtract's.
	Extract Extract `toml:"extract"`
	// Retention is what is kept and for how long; unset fields are DefaultRetention's.
	Retention Retention `toml:"retention"`
	// Health is what status --check takes for healthy; unset fields are DefaultHealth's.
	Health Health `toml:"health"`
}

// Extract bounds what is fetched of a night.
type Extract struct {
	// Minutes is how long one source may take.
	Minutes int `toml:"minutes"`
	// Parallel is how many sources are asked side by side.
	Parallel int `toml:"parallel"`
	// Except lists what is never fetched, as source[/stream][:account].
	Except []string `toml:"except"`
}

// DefaultExtract is in force where lake.toml says nothing else.
func DefaultExtract() Extract { return Extract{Minutes: 60, Parallel: 4} }

// Health is when somebody should look.
type Health struct {
	// RunHours is how old the last good run may be; 0 is any age.
	RunHours int `toml:"run_hours"`
	// FreeDisk is how much must be left on the lake's disk, such as "5GB".
	FreeDisk string `toml:"free_disk"`
	// Heartbeat is an address that is called at the end of each run, so that somebody outside notices
	// silence: with {exit} in it after every run, else after those that published.
	Heartbeat string `toml:"heartbeat"`
}

// DefaultHealth is in force where lake.toml says nothing else: a nightly run may be missed once, but not
// twice.
func DefaultHealth() Health { return Health{RunHours: 36, FreeDisk: "2GB"} }

// FreeDiskBytes is FreeDisk in bytes.
func (h Health) FreeDiskBytes() int64 {
	m := sizePattern.FindStringSubmatch(h.FreeDisk)
	if m == nil {
		return 0
	}
	amount, _ := strconv.ParseFloat(m[1], 64)
	unit := float64(1000)
	if strings.Contains(strings.ToLower(m[2]), "i") {
		unit = 1024
	}
	return int64(amount * math.Pow(unit, float64(strings.IndexByte("bkmgt", strings.ToLower(m[2])[0]))))
}

var sizePattern = regexp.MustCompile(`(?i)^(\d+(?:\.\d+)?)\s*([kmgt]i?b|%)$`)

func (c Config) validate() error {
	for name, value := range map[string]string{"memory": c.Memory, "spill": c.Spill, "health.free_disk": c.Health.FreeDisk} {
		if value != "" && !sizePattern.MatchString(value) {
			return fmt.Errorf("%s: %q is no size: write it like \"2GB\"", name, value)
		}
	}
	if strings.HasSuffix(c.Health.FreeDisk, "%") {
		return fmt.Errorf("health.free_disk: %q is a share: write a size like \"2GB\"", c.Health.FreeDisk)
	}
	if c.Threads < 0 || c.Threads > 1024 {
		return fmt.Errorf("threads: %s is outside 0 to 1024", strconv.Itoa(c.Threads))
	}
	for name, value := range map[string]int{"retention.pack_after_days": c.Retention.PackAfterDays, "retention.version_days": c.Retention.VersionDays, "retention.version_months": c.Retention.VersionMonths, "retention.evidence_days": c.Retention.EvidenceDays, "health.run_hours": c.Health.RunHours, "extract.minutes": c.Extract.Minutes, "extract.parallel": c.Extract.Parallel} {
		if value < 0 || value > 100_000 {
			return fmt.Errorf("%s: %d is outside 0 to 100000", name, value)
		}
	}
	if c.Extract.Minutes == 0 || c.Extract.Parallel == 0 {
		return errors.New("extract.minutes and extract.parallel: 0 would fetch nothing; write at least 1")
	}
	if _, err := ParseSelection(nil, c.Extract.Except); err != nil {
		return fmt.Errorf("extract.except: %w", err)
	}
	for source, accounts := range c.Accounts {
		for _, account := range accounts {
			if err := CheckName("account", account); err != nil {
				return fmt.Errorf("accounts.%s: %w", source, err)
			}
		}
	}
	return nil
}

// AccountsOf lists a source's accounts: those of lake.toml, else main alone.
func (c Config) AccountsOf(source string) []string {
	if accounts := c.Accounts[source]; len(accounts) > 0 {
		return accounts
	}
	return []string{"main"}
}

// Account is the account meant when a source's files name none.
func (c Config) Account(source string) string {
	return c.AccountsOf(source)[0]
}

func loadConfig(root, env string) (Config, error) {
	config := Config{Retention: DefaultRetention(), Health: DefaultHealth(), Extract: DefaultExtract()}
	names := []string{"lake.toml"}
	if env != "" {
		if err := CheckName("environment", env); err != nil {
			return config, &Error{Code: "environment", What: err.Error(), Where: root, Next: "bedrot --env NAME", Err: err}
		}
		names = append(names, "lake."+env+".toml")
	}
	for i, name := range names {
		path := filepath.Join(root, name)
		data, err := os.ReadFile(path)
		if i > 0 && errors.Is(err, fs.ErrNotExist) {
			continue // an environment may differ in its secrets alone, or in its name
		}
		if errors.Is(err, fs.ErrNotExist) {
			return config, &Error{
				Code: "lake_missing", What: "there is no lake at " + root, Where: path,
				Next: "bedrot init " + root, Err: err,
			}
		}
		if err != nil {
			return config, err
		}
		decoder := toml.NewDecoder(strings.NewReader(string(data))).DisallowUnknownFields()
		if err := decoder.Decode(&config); err != nil {
			return config, configError(path, err)
		}
		if err := config.validate(); err != nil {
			return config, &Error{Code: "config", What: err.Error(), Where: path, Next: "edit " + path, Err: err}
		}
	}
	return config, nil
}

// loadDotEnv reads .env and, over it, .env.NAME. They hold secrets: one that others may read is refused.
func loadDotEnv(root, env string) (map[string]string, error) {
	names := []string{".env"}
	if env != "" {
		names = append(names, ".env."+env)
	}
	values := map[string]string{}
	for _, name := range names {
		path := filepath.Join(root, name)
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
			return nil, &Error{
				Code: "secrets_readable", What: fmt.Sprintf("holds secrets and others may read it (mode %04o)", info.Mode().Perm()),
				Where: path, Next: "chmod 600 " + path,
			}
		}
		found, err := godotenv.Read(path)
		if err != nil {
			return nil, &Error{Code: "config", What: err.Error(), Where: path, Next: "edit " + path, Err: err}
		}
		maps.Copy(values, found)
	}
	return values, nil
}

// configError names the line, which go-toml knows in two different ways.
func configError(path string, err error) error {
	where, what := path, err.Error()
	var strict *toml.StrictMissingError
	var decode *toml.DecodeError
	switch {
	case errors.As(err, &strict) && len(strict.Errors) > 0:
		row, _ := strict.Errors[0].Position()
		where = fmt.Sprintf("%s:%d", path, row)
		what = "unknown setting " + strings.Join(strict.Errors[0].Key(), ".")
	case errors.As(err, &decode):
		row, _ := decode.Position()
		where = fmt.Sprintf("%s:%d", path, row)
	}
	return &Error{Code: "config", What: what, Where: where, Next: "edit " + path, Err: err}
}
