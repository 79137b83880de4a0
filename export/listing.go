package export

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bedrot/sql/build"
	"bedrot/sql/draft"
	"bedrot/sql/duck"
	"bedrot/sql/query"
	"bedrot/sql/script"
	"bedrot/zones"
)

// Listing shows what is in a lake, to people or as JSON.
type Listing struct {
	Session *query.Session
	Catalog *script.Catalog
	Out     io.Writer
	JSON    bool
	Now     time.Time
}

func (l Listing) talk() Talk { return Talk{Out: l.Out} }

// Status tells what each account last delivered and what waits for a person, or, for a monitor, only
// what is wrong; it reports whether nothing is.
func (l Listing) Status(waiting []query.Waiting, monitor bool) (healthy bool, err error) {
	status, err := l.Session.ReadStatus(l.Catalog, waiting, l.Now)
	if err != nil {
		return false, err
	}
	switch {
	case l.JSON:
		err = JSON(l.Out, status)
	case monitor:
		l.talk().Problems(status)
	default:
		l.talk().Status(status)
	}
	return len(status.Problems) == 0, err
}

// TableInfo is one line of the list of tables.
type TableInfo struct {
	Table     string   `json:"table"`
	Grain     string   `json:"grain"`
	Rows      int64    `json:"rows"`
	Bytes     int64    `json:"bytes"`
	Partition []string `json:"partition,omitempty"`
	Built     string   `json:"built"`
	Stale     string   `json:"stale,omitempty"`
	Path      string   `json:"path,omitempty"`

	// Of one table only.
	Script  string       `json:"script,omitempty"`
	Key     []string     `json:"key,omitempty"`
	Inputs  []string     `json:"inputs,omitempty"`
	Columns []ColumnInfo `json:"columns,omitempty"`
}

// ColumnInfo is one column of a table.
type ColumnInfo struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Description string `json:"description,omitempty"`
}

// SQL prints how a table comes about, in plain SQL for any DuckDB.
func (l Listing) SQL(ctx context.Context, table string) error {
	text, err := l.Session.PlainSQL(ctx, l.Catalog, table)
	if err == nil {
		_, err = io.WriteString(l.Out, text)
	}
	return err
}

// Tables lists the tables, or one table's columns.
func (l Listing) Tables(table string, path bool) error {
	version := l.Session.Version
	if table != "" {
		s := l.Catalog.Script(table)
		if s == nil {
			return &zones.Error{Code: "table_unknown", What: "there is no table " + table, Next: "bedrot tables"}
		}
		switch {
		case path:
			l.talk().Tell("%s", l.path(table))
		case l.JSON:
			info := l.info(s)
			info.Script, info.Key, info.Inputs = s.Path, s.Header.Key, s.Inputs
			for _, column := range s.Columns {
				info.Columns = append(info.Columns, ColumnInfo{column.Name, column.Type, s.Header.Docs[column.Name]})
			}
			return JSON(l.Out, info)
		default:
			ref := zones.TableRef{}
			if version != nil {
				ref = version.Tables[table]
			}
			l.talk().Columns(s, ref)
		}
		return nil
	}
	var infos []TableInfo
	for _, s := range l.Catalog.Scripts {
		infos = append(infos, l.info(s))
	}
	if l.JSON {
		return JSON(l.Out, infos)
	}
	for _, info := range infos {
		text := info.Grain
		if path {
			text = info.Path
		}
		stale := ""
		if info.Stale != "" {
			stale = "  STALE: " + info.Stale
		}
		l.talk().Tell("%-36s %9d rows  %s%s", info.Table, info.Rows, text, stale)
	}
	return nil
}

func (l Listing) info(s *script.Script) TableInfo {
	info := TableInfo{Table: s.Table, Grain: s.Header.Grain, Partition: s.Header.Partition, Built: Narrowing(s)}
	if version := l.Session.Version; version != nil {
		ref := version.Tables[s.Table]
		info.Rows, info.Bytes, info.Stale, info.Path = ref.Rows, ref.Bytes, ref.Stale, l.path(s.Table)
	}
	return info
}

// path is the resolved folder of a table's Parquet files; raw tables share one per stream, feeds have
// none.
func (l Listing) path(table string) string {
	zone, name, _ := strings.Cut(table, ".")
	switch {
	case zone == "raw":
		return l.Session.Lake.Path("raw", name)
	case zone == "feeds" || l.Session.Version == nil:
		return ""
	}
	return filepath.Join(l.Session.Version.Dir(), zone, name)
}

// Rejected is a rejected row with the line it was.
type Rejected struct {
	Table  string `json:"table"`
	Drop   string `json:"drop"`
	File   string `json:"file"`
	Line   int64  `json:"line"`
	Reason string `json:"reason"`
	Text   string `json:"text"`
}

// Rejects lists rejected rows, newest drops first, with their original lines.
func (l Listing) Rejects(ctx context.Context, table string, limit int) error {
	list, accounts, err := l.rejected(ctx, table, limit)
	if err != nil {
		return err
	}
	for i := range list {
		if err := l.original(ctx, &list[i], accounts[i]); err != nil {
			return err
		}
	}
	if l.JSON {
		return JSON(l.Out, list)
	}
	for _, r := range list {
		l.talk().Tell("%s drop %s %s:%d: %s\n    %s", r.Table, r.Drop, r.File, r.Line, r.Reason, r.Text)
	}
	if len(list) == 0 {
		l.talk().Tell("nothing was rejected")
	}
	return nil
}

// rejected lists the newest rejected records and their accounts.
func (l Listing) rejected(ctx context.Context, table string, limit int) (list []Rejected, accounts []string, err error) {
	where := ""
	if table != "" {
		where = " where table_name = " + duck.Literal(table) + " or table_name = 'raw.' || " + duck.Literal(table)
	}
	if err := l.Session.Need(ctx, "meta.rejects"); err != nil {
		return nil, nil, err
	}
	err = l.Session.DB.Scan(ctx, "select table_name, account, drop_id, file, record, reason from meta.rejects"+where+
		fmt.Sprintf(" order by drop_id desc, table_name, file, record limit %d", limit), func(scan func(...any) error) error {
		var r Rejected
		var account string
		err := scan(&r.Table, &account, &r.Drop, &r.File, &r.Line, &r.Reason)
		list, accounts = append(list, r), append(accounts, account)
		return err
	})
	return list, accounts, err
}

// RejectsAsCases writes a fixture case for each file that rejected records stand in, with names, ids and
// amounts replaced, and tells the folders.
func (l Listing) RejectsAsCases(ctx context.Context, dir, table string, limit int) error {
	list, accounts, err := l.rejected(ctx, table, limit)
	if err != nil {
		return err
	}
	number := map[string]int{}
	for first := 0; first < len(list); {
		r, next := list[first], first
		var records []int64
		var reasons []string
		for ; next < len(list) && list[next].Table == r.Table && list[next].Drop == r.Drop && list[next].File == r.File; next++ {
			records, reasons = append(records, list[next].Line), append(reasons, list[next].Reason)
		}
		s := l.Catalog.Script(r.Table)
		drop, err := l.Session.Lake.ReadDrop(s.Source, s.Entity, accounts[first], r.Drop)
		if err != nil {
			return err
		}
		m, err := build.MemberOf(ctx, l.Session.Lake, drop, l.Session.Scratch(), build.DefaultLimits, r.File)
		if err != nil {
			return err
		}
		files, err := draft.Rejects(ctx, s, m, records, reasons)
		if err != nil {
			return err
		}
		number[s.Table]++
		at := filepath.Join(dir, s.Source, fmt.Sprintf("rejects_of_%s_%d", s.Entity, number[s.Table]))
		if err := WriteDraft(at, files); err != nil {
			return err
		}
		l.talk().Tell("%s: %d records of %s", at, len(records), r.Table)
		first = next
	}
	if len(list) == 0 {
		l.talk().Tell("nothing was rejected")
	}
	return nil
}

// WriteDraft writes files that are not there yet; one that is stops it before anything is written.
func WriteDraft(dir string, files draft.Files) error {
	for name := range files {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return &zones.Error{Code: "usage", What: "is there already, nothing was written", Where: filepath.Join(dir, name), Next: "choose another folder or name"}
		}
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// original replaces a record's number by its line and text.
func (l Listing) original(ctx context.Context, r *Rejected, account string) error {
	s := l.Catalog.Script(r.Table)
	if s == nil {
		return nil
	}
	drop, err := l.Session.Lake.ReadDrop(s.Source, s.Entity, account, r.Drop)
	if err != nil {
		return err
	}
	lines, err := build.LinesOf(ctx, l.Session.Lake, s, drop, l.Session.Scratch(), build.DefaultLimits, r.File, []int64{r.Line})
	if err != nil || len(lines) == 0 {
		return err
	}
	r.Line, r.Text = lines[0].Line.Line, lines[0].Text
	return nil
}

// Lineage traces a table's rows to their lines, told or drawn.
func (l Listing) Lineage(ctx context.Context, table string, o query.LineageOptions, drawn bool) error {
	lineage, err := l.Session.Trace(ctx, l.Catalog, table, o)
	switch {
	case err != nil:
	case drawn:
		_, err = io.WriteString(l.Out, lineage.Mermaid())
	case l.JSON:
		err = JSON(l.Out, lineage)
	default:
		l.talk().Lineage(lineage)
	}
	return err
}

// Down tells what stands on a table or a drop, told or drawn.
func (l Listing) Down(what string, drawn bool) error {
	standing, err := l.Session.Down(l.Catalog, what)
	switch {
	case err != nil:
	case drawn:
		_, err = io.WriteString(l.Out, standing.Mermaid())
	case l.JSON:
		err = JSON(l.Out, standing)
	default:
		l.talk().Standing(standing)
	}
	return err
}

// DropInfo is one drop and what became of it.
type DropInfo struct {
	Where string `json:"where"`
	zones.RawDrop
}

// Drops lists every drop.
func (l Listing) Drops() error {
	var list []DropInfo
	for _, name := range l.Session.Tables() {
		table, err := l.Session.Version.Table(name)
		if err != nil {
			return err
		}
		source, stream, _ := strings.Cut(strings.TrimPrefix(name, "raw."), "__")
		for _, drop := range table.Drops {
			list = append(list, DropInfo{Where: source + "/" + stream + ":" + drop.Account, RawDrop: drop})
		}
	}
	if l.JSON {
		return JSON(l.Out, list)
	}
	for _, d := range list {
		l.talk().Tell("%-36s %s  %-9s %8d records %6d rejected  %s", d.Where, d.ID, d.Outcome, d.Records, d.Rejected, d.Reason)
	}
	return nil
}

// Checked is what check found: files that are not what they were, and numbers that do not agree.
type Checked struct {
	zones.Verified
	query.Reconciled
}

// Sound reports whether nothing was found.
func (c Checked) Sound() bool { return len(c.Damaged) == 0 && len(c.Differences) == 0 }

// Print tells it.
func (c Checked) Print(out io.Writer, asJSON bool) error {
	if asJSON {
		return JSON(out, c)
	}
	talk := Talk{Out: out}
	for _, damage := range c.Damaged {
		talk.Tell("damaged: %s: %s\n    next: %s", damage.File, damage.What, damage.Next)
	}
	for _, d := range c.Differences {
		talk.Tell("differs: %s: %s: its manifest says %s, its files hold %s\n    next: %s", d.Table, d.What, d.Expected, d.Found, d.Next)
	}
	for _, path := range c.Unknown {
		talk.Tell("unknown: %s: bedrot did not put it there, or a killed run left it", path)
	}
	talk.Tell("%d files, %d bytes read: %d damaged; %d tables counted: %d differences", c.Files, c.Bytes, len(c.Damaged), c.Tables, len(c.Differences))
	return nil
}
