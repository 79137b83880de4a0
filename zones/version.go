package zones

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A Version is one state of the whole lake below landing: every table of every zone, and which drop
// each partition of a raw table comes from. It never changes; LAKE/current names the published one.
type Version struct {
	Format         int       `json:"format"`
	Run            string    `json:"run"`
	Created        time.Time `json:"created"`
	Previous       string    `json:"previous,omitempty"`
	PreviousSHA256 string    `json:"previous_sha256,omitempty"`
	// Env is the environment of the run that made it.
	Env string `json:"env,omitempty"`
	// RunDate is the date scripts saw as getvariable('run_date'), YYYY-MM-DD.
	RunDate string `json:"run_date"`
	// Engine is the DuckDB version that wrote the files; fingerprints hold within one.
	Engine string              `json:"engine"`
	Tables map[string]TableRef `json:"tables"` // by zone.table
	// Views are statements for what is no table but made of some: the feeds.
	Views []string `json:"views,omitempty"`

	lake *Lake
}

// TableRef is what a version says of a table without opening its manifest.
type TableRef struct {
	SHA256  string `json:"sha256"`  // of the manifest
	Content string `json:"content"` // of the rows, see Table.Content
	Rows    int64  `json:"rows"`
	Bytes   int64  `json:"bytes"`
	Stale   string `json:"stale,omitempty"` // why the table kept an earlier state
}

// Table is the manifest of one table in one version.
type Table struct {
	Name      string   `json:"name"` // zone.table
	Script    string   `json:"script"`
	Engine    string   `json:"engine"`
	Columns   []Column `json:"columns"`
	Partition []string `json:"partition,omitempty"`
	// Inputs maps each input to the Content it had when this table was built.
	Inputs  map[string]string `json:"inputs,omitempty"`
	Content string            `json:"content"`
	Stale   string            `json:"stale,omitempty"`
	Parts   []Part            `json:"parts"`
	// Drops and Winners are a raw table's: its files are the drops', its partitions say which wins.
	Drops   []RawDrop `json:"drops,omitempty"`
	Winners []Winner  `json:"winners,omitempty"`
}

// Column is a column's name and DuckDB type.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Part is one partition of a derived table: one file.
type Part struct {
	Key         string   `json:"key"` // its partition values, escaped; "all" for an unpartitioned table
	Values      []string `json:"values,omitempty"`
	File        string   `json:"file"` // below the version's folder
	Rows        int64    `json:"rows"`
	Fingerprint string   `json:"fingerprint"` // of the multiset of rows
	Sealed
}

// RawDrop is a drop as a raw table sees it.
type RawDrop struct {
	ID       string    `json:"id"`
	Account  string    `json:"account"`
	AsOf     time.Time `json:"as_of"`
	File     string    `json:"file,omitempty"` // below the lake; empty when the drop was refused
	Outcome  string    `json:"outcome"`        // accepted, held, withdrawn or refused
	Reason   string    `json:"reason,omitempty"`
	Verdict  Verdict   `json:"verdict,omitempty"`
	SHA256   string    `json:"sha256,omitempty"` // of the raw file
	Bytes    int64     `json:"bytes,omitempty"`
	Landed   int64     `json:"landed,omitempty"`   // bytes as landed
	Identity []string  `json:"identity,omitempty"` // whose account it says it is of
	Starts   []int64   `json:"starts,omitempty"`   // first row of each of its files
	Names    []string  `json:"names,omitempty"`
	Records  int64     `json:"records"`
	Rejected int64     `json:"rejected"`
}

// Winner says which drop a raw partition's rows come from.
type Winner struct {
	Key         string   `json:"key"`
	Values      []string `json:"values"`
	Drop        string   `json:"drop"`         // whose rows stand
	File        int      `json:"file"`         // which of its files
	By          string   `json:"by,omitempty"` // the newest drop that said the same, if later than Drop
	Rows        int64    `json:"rows"`
	Fingerprint string   `json:"fingerprint"`
	Money       string   `json:"money,omitempty"`
	Untold      bool     `json:"untold,omitempty"` // no row of it tells anything
}

// SetContent computes the table's Content: a hash of its partitions' fingerprints, so that two equal
// contents mean equal rows whatever files they are in.
func (t *Table) SetContent() {
	hash := sha256.New()
	for _, part := range t.Parts {
		_, _ = fmt.Fprintf(hash, "%s\x00%d\x00%s\n", part.Key, part.Rows, part.Fingerprint)
	}
	for _, winner := range t.Winners {
		_, _ = fmt.Fprintf(hash, "%s\x00%d\x00%s\n", winner.Key, winner.Rows, winner.Fingerprint)
	}
	t.Content = hex.EncodeToString(hash.Sum(nil)[:16])
}

// Rows and Bytes of the table.
func (t *Table) size() (rows, bytes int64) {
	for _, part := range t.Parts {
		rows, bytes = rows+part.Rows, bytes+part.Bytes
	}
	for _, winner := range t.Winners {
		rows += winner.Rows
	}
	return rows, bytes
}

var runPattern = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]{6}$`)

// NewRunID names a run; ids sort by time. The clock may jump back, so it is pushed past the newest
// version there ever was.
func (l *Lake) NewRunID(now time.Time) (string, error) {
	current, err := l.newestRun()
	if err != nil {
		return "", err
	}
	stamp := now.UTC()
	if current != "" {
		published, err := time.Parse(asOfLayout, current[:16])
		if err == nil && !stamp.Truncate(time.Second).After(published) {
			stamp = published.Add(time.Second)
		}
	}
	return stamp.Format(asOfLayout) + "-" + randomHex(3), nil
}

// Current resolves the pointer once and returns the published version, or nil when nothing has been
// published yet. What is read through it stays of one piece whatever is published meanwhile. Should
// another version take its place, and retention take it away, before it is read, the other one is.
func (l *Lake) Current() (*Version, error) {
	run, err := l.currentRun()
	for {
		if err != nil || run == "" {
			return nil, err
		}
		version, unread := l.ReadVersion(run)
		if !errors.Is(unread, fs.ErrNotExist) {
			return version, unread
		}
		gone := run
		if run, err = l.currentRun(); run == gone {
			return nil, unread
		}
	}
}

// ReadVersion opens a version by its run.
func (l *Lake) ReadVersion(run string) (*Version, error) {
	version := &Version{lake: l}
	path := l.Path("versions", run, "version.json")
	if err := ReadDocument(path, version); err != nil {
		return nil, &Error{
			Code: "version_damaged", What: "the version cannot be read: " + err.Error(), Where: l.Rel(path),
			Next: "bedrot check", Err: err,
		}
	}
	if version.Format > Format {
		return nil, &Error{
			Code: "lake_newer", What: "the version was made by a newer bedrot", Where: l.Rel(path),
			Next: "install the newer bedrot",
		}
	}
	return version, nil
}

// Dir is the version's folder.
func (v *Version) Dir() string { return v.lake.Path("versions", v.Run) }

// Table reads a table's manifest and verifies it against the hash the version names; nil when the
// version has no such table. The caller may change the table, but not what its lists hold.
func (v *Version) Table(name string) (*Table, error) {
	if v == nil {
		return nil, nil
	}
	ref, ok := v.Tables[name]
	if !ok {
		return nil, nil
	}
	if known, ok := v.lake.manifests.Load(ref.SHA256); ok {
		table := known.(Table)
		return &table, nil
	}
	path := filepath.Join(v.Dir(), "tables", name+".json")
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != ref.SHA256 {
		return nil, &Error{
			Code: "manifest_damaged", What: "the manifest is not the one the version names",
			Where: v.lake.Rel(path), Next: "bedrot check",
		}
	}
	table := new(Table)
	if err := json.Unmarshal(data, table); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	v.lake.manifests.Store(ref.SHA256, *table)
	return table, nil
}

// Draft is a version in the making, out of everybody's sight until Publish.
type Draft struct {
	Version
	w        *Writer
	dir      string
	previous *Version
	added    map[string]bool // files of new parts
	carried  []string        // files of the published version that Publish links in
	unsynced []string        // new files that Publish makes durable
	// Whole makes every manifest anew, so that nothing of a damaged version is carried over.
	Whole bool
}

// NewDraft begins a version on top of the published one.
func (w *Writer) NewDraft(run, runDate, engine string, now time.Time) (*Draft, error) {
	previous, err := w.Current()
	if err != nil {
		return nil, err
	}
	d := &Draft{
		Version: Version{
			Format: Format, Run: run, Created: now.UTC().Truncate(time.Second), RunDate: runDate,
			Env: w.Env, Engine: engine, Tables: map[string]TableRef{}, lake: w.Lake,
		},
		w: w, dir: filepath.Join(w.Scratch.Dir, "draft"), previous: previous, added: map[string]bool{},
	}
	if previous != nil {
		d.Previous = previous.Run
		sum, _, err := HashFile(filepath.Join(previous.Dir(), "version.json"))
		if err != nil {
			return nil, err
		}
		d.PreviousSHA256 = sum
	}
	for _, dir := range []string{d.dir, filepath.Join(d.dir, "tables"), filepath.Join(d.dir, "staging"), filepath.Join(d.dir, "curated")} {
		if err := w.Files.MkdirAll(w.Scratch.Dir, dir); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// AddPart takes a finished Parquet file into the draft: read-only, named by its partition and the run,
// durable once Publish returns. The part's key, values, rows and fingerprint are the caller's.
func (d *Draft) AddPart(table string, part Part, file string) (Part, error) {
	sealed, err := d.w.Files.freeze(file)
	if err != nil {
		return Part{}, err
	}
	part.Sealed = sealed
	part.File = filepath.Join(tableDir(table), part.Key+"~"+d.Run+".parquet")
	target := filepath.Join(d.dir, part.File)
	if err := d.w.Files.MkdirAll(d.dir, filepath.Dir(target)); err != nil {
		return Part{}, err
	}
	d.added[part.File] = true
	d.unsynced = append(d.unsynced, target)
	return part, d.w.Files.Rename(file, target)
}

// Path is where a part of the draft can be read while it is one.
func (d *Draft) Path(part Part) string { return filepath.Join(d.dir, part.File) }

// PutTable completes a table: its manifest is written. What is the same as in the published version,
// parts and manifests, is linked in by Publish, so that a draft that changes nothing costs nothing.
func (d *Draft) PutTable(table *Table) error {
	rows, bytes := table.size()
	for _, part := range table.Parts {
		if d.added[part.File] {
			continue
		}
		if d.previous == nil {
			return fmt.Errorf("%s: part %s is neither built nor carried over", table.Name, part.Key)
		}
		d.carried = append(d.carried, part.File)
	}
	data, err := json.MarshalIndent(table, "", " ")
	if err != nil {
		return err
	}
	data = append(data, '\n')
	sum := sha256.Sum256(data)
	ref := TableRef{SHA256: hex.EncodeToString(sum[:]), Content: table.Content, Rows: rows, Bytes: bytes, Stale: table.Stale}
	d.Tables[table.Name] = ref
	name := filepath.Join("tables", table.Name+".json")
	if !d.Whole && d.previous != nil && d.previous.Tables[table.Name].SHA256 == ref.SHA256 {
		d.carried = append(d.carried, name)
		return nil
	}
	path := filepath.Join(d.dir, name)
	d.unsynced = append(d.unsynced, path)
	if err := d.w.Files.write(path, data); err != nil {
		return err
	}
	_, err = d.w.Files.freeze(path)
	return err
}

// Changed reports whether the draft differs from the published version in anything a reader sees.
func (d *Draft) Changed() bool {
	if d.previous == nil || len(d.previous.Tables) != len(d.Tables) || !slices.Equal(d.previous.Views, d.Views) {
		return true
	}
	for name, ref := range d.Tables {
		if d.previous.Tables[name] != ref {
			return true
		}
	}
	return false
}

// Publish makes the draft the lake's version: first all its files and folders are durable, then it
// gets its name below versions/, then the pointer moves. A reader sees the old version or the new one.
func (d *Draft) Publish() error {
	for _, file := range d.carried {
		target := filepath.Join(d.dir, file)
		if err := d.w.Files.MkdirAll(d.dir, filepath.Dir(target)); err != nil {
			return err
		}
		if err := d.w.Files.Link(filepath.Join(d.previous.Dir(), file), target); err != nil {
			return err
		}
	}
	if err := d.w.Files.WriteDocument(filepath.Join(d.dir, "version.json"), d.Version); err != nil {
		return err
	}
	durable := slices.DeleteFunc(d.unsynced, func(path string) bool {
		_, err := os.Lstat(path) // a part that a failing check took back is gone
		return errors.Is(err, fs.ErrNotExist)
	})
	err := filepath.WalkDir(d.dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			durable = append(durable, path)
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := d.w.Files.syncAll(durable); err != nil {
		return err
	}
	files := d.w.Files
	if err := files.MkdirAll(d.w.Root, d.w.Path("versions")); err != nil {
		return err
	}
	if err := files.Rename(d.dir, d.w.Path("versions", d.Run)); err != nil {
		return err
	}
	if err := files.SyncDir(d.w.Path("versions")); err != nil {
		return err
	}
	return d.w.point(d.Run)
}

// Discard forgets the draft.
func (d *Draft) Discard() error { return d.w.Files.RemoveAll(d.dir) }

func tableDir(table string) string {
	zone, name, _ := strings.Cut(table, ".")
	return filepath.Join(zone, name)
}

// PartKey is a partition's values as a file name and map key: letters, digits, '.', '_' and '-' stay,
// all else is %XX; values are joined by commas.
func PartKey(values []string) string {
	if len(values) == 0 {
		return "all"
	}
	escaped := make([]string, len(values))
	for i, value := range values {
		var b strings.Builder
		for _, c := range []byte(value) {
			if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-' {
				b.WriteByte(c)
			} else {
				_, _ = fmt.Fprintf(&b, "%%%02X", c)
			}
		}
		escaped[i] = b.String()
	}
	return strings.Join(escaped, ",")
}
