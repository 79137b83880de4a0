package script

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"bedrot/sql/duck"
	"bedrot/zones"
)

// Cache keeps what planning found out of scripts, which takes DuckDB some 15 ms each and is the same as
// long as neither they, nor their inputs, nor the program change. It is a file that anybody may delete;
// one that cannot be read or written only costs the time.
type Cache struct {
	Path string
	// Program is what tells this program from one that plans otherwise.
	Program string
}

// planner is the text of what plans: programs that share it, and DuckDB, find out the same.
//
//go:embed *.go
var planner embed.FS

// NewCache is the cache of a user for programs that plan like the running one, nil where there is no place
// for one.
func NewCache() *Cache {
	dir, err := os.UserCacheDir()
	if err != nil {
		return nil
	}
	program, err := identity(planner, duck.Source)
	if err != nil {
		return nil
	}
	return &Cache{Path: filepath.Join(dir, "bedrot", "plans.json"), Program: program}
}

// identity is the hash of packages' texts and of the DuckDB that is built in.
func identity(packages ...fs.FS) (string, error) {
	hash := sha256.New()
	for _, source := range packages {
		names, err := fs.Glob(source, "*.go")
		if err != nil {
			return "", err
		}
		for _, name := range names {
			text, err := fs.ReadFile(source, name)
			if err != nil {
				return "", err
			}
			_, _ = fmt.Fprintf(hash, "%s %d\n%s", name, len(text), text)
		}
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", errors.New("the program does not say what it is built of")
	}
	for _, module := range info.Deps {
		if strings.HasPrefix(module.Path, "github.com/duckdb/") {
			_, _ = fmt.Fprintln(hash, module.Path, module.Version, module.Sum)
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// parsed is what parsing found out of one script.
type parsed struct {
	Inputs      []string `json:"inputs,omitempty"`
	RunDate     bool     `json:"run_date,omitempty"`
	MoneySource string   `json:"money_source,omitempty"`
}

// planned is what planning found out of one script.
type planned struct {
	Columns  []zones.Column    `json:"columns,omitempty"`
	Narrow   bool              `json:"narrow,omitempty"`
	WhyNot   string            `json:"why_not,omitempty"`
	NarrowBy []string          `json:"narrow_by,omitempty"`
	Carrying string            `json:"carrying,omitempty"`
	Links    map[string][]Link `json:"links,omitempty"`
}

// maxPlans bounds a cache: those of the newest load stay, then any.
const maxPlans = 3000

// memory is a cache while scripts are loaded.
type memory struct {
	Parsed  map[string]parsed  `json:"parsed"`
	Planned map[string]planned `json:"planned"`
	used    map[string]bool
	changed bool
}

// open reads what is kept. Damage is the same as nothing.
func (c *Cache) open() *memory {
	m := &memory{Parsed: map[string]parsed{}, Planned: map[string]planned{}, used: map[string]bool{}}
	if c == nil {
		return m
	}
	data, err := os.ReadFile(c.Path)
	if err != nil {
		return m
	}
	sum, body, found := strings.Cut(string(data), "\n")
	if own := sha256.Sum256([]byte(body)); !found || hex.EncodeToString(own[:]) != sum {
		return m
	}
	kept := *m
	if json.Unmarshal([]byte(body), &kept) == nil {
		return &kept
	}
	return m
}

// save keeps what has been found out since.
func (c *Cache) save(m *memory) {
	if c == nil || !m.changed {
		return
	}
	trim(m.Parsed, m.used)
	trim(m.Planned, m.used)
	body, err := json.Marshal(m)
	if err != nil || os.MkdirAll(filepath.Dir(c.Path), 0o700) != nil {
		return
	}
	draft, err := os.CreateTemp(filepath.Dir(c.Path), "draft-*")
	if err != nil {
		return
	}
	sum := sha256.Sum256(body)
	_, err = draft.WriteString(hex.EncodeToString(sum[:]) + "\n" + string(body))
	if cmp.Or(err, draft.Close()) != nil || os.Rename(draft.Name(), c.Path) != nil {
		_ = os.Remove(draft.Name())
	}
}

func trim[V any](plans map[string]V, used map[string]bool) {
	for key := range plans {
		if len(plans) <= maxPlans {
			return
		}
		if !used[key] {
			delete(plans, key)
		}
	}
}

// keyOf names what something depends on.
func keyOf(parts ...any) string {
	text, err := json.Marshal(parts)
	if err != nil { // strings and lists of them always can be
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// parseKey names what parsing a script depends on.
func (l *loader) parseKey(s *Script) string { return keyOf(l.program, s.Kind, s.SQL) }

// planKey names what planning a script depends on: itself, the macros, and of each input what it is like.
func (l *loader) planKey(s *Script) string {
	var inputs []any
	for _, name := range slices.Concat(s.Inputs, l.realInputs(s)) {
		if made := l.byTable[BaseTable(name)]; made != nil {
			inputs = append(inputs, name, made.Kind, made.Columns, made.Header.Partition)
		}
	}
	return keyOf(l.program, l.linked[s.Table], l.macros, s.Kind, s.SQL, inputs)
}

// recallParse takes over what an earlier load parsed.
func (l *loader) recallParse(s *Script) bool {
	key := l.parseKey(s)
	p, found := l.memory.Parsed[key]
	if found {
		l.memory.used[key] = true
		s.SQL = statement(s.SQL)
		s.Inputs, s.RunDate, s.MoneySource = p.Inputs, p.RunDate, p.MoneySource
	}
	return found
}

func (l *loader) keepParse(key string, s *Script) {
	l.memory.Parsed[key] = parsed{s.Inputs, s.RunDate, s.MoneySource}
	l.memory.used[key], l.memory.changed = true, true
}

// recallPlan takes over what an earlier load planned.
func (l *loader) recallPlan(s *Script, key string) bool {
	p, found := l.memory.Planned[key]
	if found {
		l.memory.used[key] = true
		s.Columns, s.Narrow, s.WhyNot, s.NarrowBy, s.Carrying, s.Links = p.Columns, p.Narrow, p.WhyNot, p.NarrowBy, p.Carrying, p.Links
		if s.Kind == Raw {
			s.Header.Partition = s.partition()
		}
	}
	return found
}

func (l *loader) keepPlan(key string, s *Script) {
	l.memory.Planned[key] = planned{s.Columns, s.Narrow, s.WhyNot, s.NarrowBy, s.Carrying, s.Links}
	l.memory.used[key], l.memory.changed = true, true
}
