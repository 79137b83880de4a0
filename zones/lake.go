package zones

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

// Format is the version of the lake's layout this binary writes. A lake of a newer format is refused.
const Format = 1

// Lake is an opened lake. Reading needs nothing more; changing it needs the Writer that Lock returns.
type Lake struct {
	Root   string // absolute
	Config Config
	Stamp  Stamp
	Files  Files
	// Env is the environment it was opened in, "" for none; runs and versions carry its name.
	Env string
	// DotEnv is what .env and .env.NAME say. Whoever needs a setting asks the process's environment first.
	DotEnv map[string]string

	manifests sync.Map // read so far, by hash: a manifest never changes
}

// Stamp says which lake this is; it is written once, by init.
type Stamp struct {
	Format  int       `json:"format"`
	ID      string    `json:"id"`
	Created time.Time `json:"created"`
	// Env is the environment the lake belongs to; it is never opened in another.
	Env string `json:"env,omitempty"`
}

const stampFile = ".lake.json"

// defaultConfig is what init writes; every setting is shown at its default.
const defaultConfig = `# The lake's settings. Flags and BEDROT_* variables win over this file; unknown names are errors.

# memory = "4GB"    # DuckDB's limit; default: half of the machine's memory
# threads = 2       # default: one per processor
# spill = "50GB"    # what DuckDB may write below run/ when memory is short

[accounts]
# The logins of each source; the first is meant when none is named.
# distrokid = ["label"]
# spotify = ["label"]

[retention]
# pack_after_days = 90   # when landed files are packed into archive/ (zstd); 0: never
# version_days = 7       # every version is kept so long after another took its place
# version_months = 13    # and each month's last one so long
# evidence_days = 90     # what a page looked like when fetching from it failed; 0: for ever

[health]
# run_hours = 36         # how old the last good run may be before status --check complains; 0: any age
# free_disk = "2GB"      # how much must be left on the lake's disk
`

var catalogFiles = map[string]string{
	"artists.csv":          "source,alias,artist\n",
	"tracks.csv":           "isrc,track,artist,release_date\n",
	"splits.csv":           "isrc,artist,from_month,owner_share\n",
	"trust.csv":            "reporter,platform,trust\n",
	"fx.csv":               "date,currency,usd\n",
	"goals.csv":            "metric,artist,target,due_month\n",
	"payees.csv":           "payee,isrc,artist,from_month,share,minimum_usd\n",
	"payments.csv":         "date,payee,amount,currency,note\n",
	"costs.csv":            "date,isrc,artist,kind,amount,currency,payee,note\n",
	"statement_totals.csv": "reporting_month,source,statement_account,currency,total\n",
	"campaigns.csv":        "campaign,artist,track,targeting\n",
}

// Init makes an empty lake in a folder that is empty or missing, in an environment when env is not
// empty. On a lake it changes nothing but what is missing.
func Init(root, env string, files Files, now time.Time) (*Lake, error) {
	files.NoSymlinks = files.NoSymlinks || runtime.GOOS == "windows"
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(root, dirMode); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(root, stampFile)); err == nil {
		return Open(root, env, files)
	}
	for _, dir := range []string{"landing", "raw", "versions", "inbox", "catalog", "audit", "sql", "run"} {
		if err := files.MkdirAll(root, filepath.Join(root, dir)); err != nil {
			return nil, err
		}
	}
	write := func(path, text string) error {
		if _, err := os.Stat(path); err == nil {
			return nil
		}
		if err := files.WriteFile(path, []byte(text)); err != nil {
			return err
		}
		return os.Chmod(path, 0o640)
	}
	if err := write(filepath.Join(root, "lake.toml"), defaultConfig); err != nil {
		return nil, err
	}
	for name, header := range catalogFiles {
		if err := write(filepath.Join(root, "catalog", name), header); err != nil {
			return nil, err
		}
	}
	for _, zone := range []string{"staging", "curated"} {
		if files.NoSymlinks {
			break
		}
		err := files.Symlink(filepath.Join("current", zone), filepath.Join(root, zone))
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	stamp := Stamp{Format: Format, ID: randomHex(8), Created: now.UTC().Truncate(time.Second), Env: env}
	if err := files.WriteJSON(filepath.Join(root, stampFile), stamp); err != nil {
		return nil, err
	}
	if err := files.SyncDir(root); err != nil {
		return nil, err
	}
	return Open(root, env, files)
}

// Open reads a lake's settings and refuses one that a newer bedrot made. In an environment the settings
// of lake.NAME.toml and .env.NAME lie over those of lake.toml and .env; a lake that was made in one is
// opened in it, and in no other.
func Open(root, env string, files Files) (*Lake, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	files.NoSymlinks = files.NoSymlinks || runtime.GOOS == "windows"
	lake := &Lake{Root: root, Files: files}
	err = readJSON(filepath.Join(root, stampFile), &lake.Stamp)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{
			Code: "lake_missing", What: "there is no lake here", Where: root,
			Next: "bedrot init " + root + "   (or name the lake with --lake DIR)", Err: err,
		}
	}
	if err != nil {
		return nil, err
	}
	if lake.Stamp.Format > Format {
		return nil, &Error{
			Code:  "lake_newer",
			What:  fmt.Sprintf("the lake has format %d, made by a newer bedrot; this one knows formats up to %d", lake.Stamp.Format, Format),
			Where: root, Next: "install the newer bedrot   (bedrot version tells this one's)",
		}
	}
	if lake.Env = cmp.Or(env, lake.Stamp.Env); lake.Stamp.Env != "" && lake.Env != lake.Stamp.Env {
		return nil, &Error{
			Code: "environment", What: fmt.Sprintf("the lake belongs to the environment %q and was opened in %q", lake.Stamp.Env, lake.Env),
			Where: root, Next: "leave out --env and BEDROT_ENV, or name another lake",
		}
	}
	if lake.Config, err = loadConfig(root, lake.Env); err != nil {
		return nil, err
	}
	lake.DotEnv, err = loadDotEnv(root, lake.Env)
	return lake, err
}

// Path joins names below the lake's root.
func (l *Lake) Path(elem ...string) string {
	return filepath.Join(append([]string{l.Root}, elem...)...)
}

// Rel is a path as people should see it: relative to the lake when it is inside.
func (l *Lake) Rel(path string) string {
	if rel, err := filepath.Rel(l.Root, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}

// Zones is the lake's zones in the order data flows through them.
func Zones() []string { return []string{"landing", "raw", "staging", "curated", "archive"} }

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // crypto/rand.Read never fails since Go 1.24
	return hex.EncodeToString(b)
}
