package script

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bedrot/zones"
)

// Cache keeps what planning found out of scripts, which takes DuckDB some 15 ms each and is the same as
// long as neither they nor the program change. It is a folder of files that anybody may delete; one that
// cannot be read or written only costs the time.
type Cache struct {
	Dir string
	// Program is what tells this program from another build of it.
	Program string
}

// NewCache is the cache of a user for the running program, nil where there is no place for one.
func NewCache() *Cache {
	dir, err := os.UserCacheDir()
	if err != nil {
		return nil
	}
	program, err := os.Executable()
	if err != nil {
		return nil
	}
	info, err := os.Stat(program)
	if err != nil {
		return nil
	}
	return &Cache{Dir: filepath.Join(dir, "bedrot"), Program: fmt.Sprint(program, info.Size(), info.ModTime().UnixNano())}
}

// planned is what planning found out of one script.
type planned struct {
	Inputs      []string          `json:"inputs,omitempty"`
	Columns     []zones.Column    `json:"columns,omitempty"`
	RunDate     bool              `json:"run_date,omitempty"`
	Narrow      bool              `json:"narrow,omitempty"`
	WhyNot      string            `json:"why_not,omitempty"`
	MoneySource string            `json:"money_source,omitempty"`
	Carrying    string            `json:"carrying,omitempty"`
	Links       map[string][]Link `json:"links,omitempty"`
}

// key names everything that planning depends on.
func (l *loader) key(c *Cache) string {
	hash := sha256.New()
	_, _ = fmt.Fprintf(hash, "%s\x00%t\x00", c.Program, l.linked)
	for _, m := range l.Macros {
		_, _ = fmt.Fprintf(hash, "%s\x00%s\x00", m.Path, m.SQL)
	}
	for _, s := range l.all {
		_, _ = fmt.Fprintf(hash, "%s\x00%s\x00%s\x00", s.Path, s.Origin, s.SQL)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// recall takes over what an earlier load found out; it reports whether there was one.
func (l *loader) recall(c *Cache) bool {
	if c == nil || len(l.problems) > 0 || len(l.Findings) > 0 {
		return false
	}
	data, err := os.ReadFile(filepath.Join(c.Dir, l.key(c)+".json"))
	if err != nil {
		return false
	}
	sum, body, found := strings.Cut(string(data), "\n")
	known := map[string]planned{}
	if own := sha256.Sum256([]byte(body)); !found || hex.EncodeToString(own[:]) != sum || json.Unmarshal([]byte(body), &known) != nil {
		return false
	}
	for _, s := range l.all {
		if _, ok := known[s.Path]; !ok {
			return false
		}
	}
	l.hashAll()
	for _, s := range l.all {
		p := known[s.Path]
		s.SQL = statement(s.SQL)
		s.Inputs, s.Columns, s.RunDate, s.Narrow, s.WhyNot = p.Inputs, p.Columns, p.RunDate, p.Narrow, p.WhyNot
		s.MoneySource, s.Carrying, s.Links = p.MoneySource, p.Carrying, p.Links
		if s.Kind == Raw {
			s.Header.Partition = s.partition()
		}
	}
	l.joinFeeds()
	l.order()
	return true
}

// remember keeps what planning found out, if nothing was wrong.
func (l *loader) remember(c *Cache, key string) {
	if c == nil || len(l.problems) > 0 || len(l.Findings) > 0 {
		return
	}
	known := map[string]planned{}
	for _, s := range l.all {
		if s.Disabled != nil {
			return
		}
		p := planned{
			Inputs: s.Inputs, Columns: s.Columns, RunDate: s.RunDate, Narrow: s.Narrow, WhyNot: s.WhyNot,
			MoneySource: s.MoneySource, Carrying: s.Carrying, Links: s.Links,
		}
		if s.Kind == Feed { // joinFeeds says them
			p.Inputs = nil
		}
		known[s.Path] = p
	}
	body, err := json.Marshal(known)
	if err != nil || os.MkdirAll(c.Dir, 0o700) != nil {
		return
	}
	draft, err := os.CreateTemp(c.Dir, "draft-*")
	if err != nil {
		return
	}
	sum := sha256.Sum256(body)
	_, err = draft.WriteString(hex.EncodeToString(sum[:]) + "\n" + string(body))
	if closeErr := draft.Close(); err != nil || closeErr != nil || os.Rename(draft.Name(), filepath.Join(c.Dir, key+".json")) != nil {
		_ = os.Remove(draft.Name())
		return
	}
	c.forget(key + ".json")
}

// forget lets go of what is a month older than the newest: of scripts and programs that are no more.
func (c *Cache) forget(newest string) {
	now, err := os.Stat(filepath.Join(c.Dir, newest))
	if err != nil {
		return
	}
	entries, err := os.ReadDir(c.Dir)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && now.ModTime().Sub(info.ModTime()) > 30*24*time.Hour {
			_ = os.Remove(filepath.Join(c.Dir, entry.Name()))
		}
	}
}
