package build

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bedrot/sql/duck"
	"bedrot/sql/script"
	"bedrot/zones"
)

// plan is what is to be built of a table and why.
type plan struct {
	whole bool
	keys  map[string][]string // values of the columns it is narrowed by, by key, when not whole
	why   string
}

func (p plan) nothing() bool { return !p.whole && len(p.keys) == 0 }

// builds reports whether a partition is built anew.
func (p plan) builds(s *script.Script, values []string) bool {
	_, wanted := p.keys[zones.PartKey(project(s.NarrowBy, s.Header.Partition, values))]
	return p.whole || wanted
}

// derivedTable brings a staging or curated table up to date.
func (r *run) derivedTable(ctx context.Context, st *state) error {
	if held := r.heldInput(st.script); held != "" {
		return r.keep(st, held)
	}
	p, err := r.plan(st)
	if err != nil {
		return err
	}
	if p.nothing() {
		st.manifest = st.previous
		return nil
	}
	start := r.Now()
	st.why = p.why
	st.manifest = &zones.Table{
		Name: st.script.Table, Script: st.script.Hash, Engine: r.engine, Columns: st.script.Columns,
		Partition: st.script.Header.Partition, Inputs: r.inputContents(st.script),
	}
	parts, err := r.buildParts(ctx, st, p)
	if err != nil {
		return err
	}
	if !p.whole {
		for _, part := range st.previous.Parts {
			if !p.builds(st.script, part.Values) {
				parts = append(parts, part)
			}
		}
	}
	slices.SortFunc(parts, func(a, b zones.Part) int { return compare(a.Key, b.Key) })
	st.manifest.Parts = parts
	st.manifest.SetContent()
	rows := int64(0)
	for _, part := range parts {
		rows += part.Rows
	}
	r.Journal.Add(zones.Event{
		Kind: "step", Step: "build", Table: st.script.Table, Why: p.why, StartedAt: &start,
		DurationMS: r.Now().Sub(start).Milliseconds(), RowsOut: &rows,
	})
	return r.checkTable(ctx, st)
}

// heldInput names an input that kept an earlier state or is missing: a table that reads it keeps its
// own, so that what is published belongs together.
func (r *run) heldInput(s *script.Script) string {
	for _, input := range r.Catalog.RealInputs(s) {
		st := r.states[script.BaseTable(input)]
		switch {
		case st == nil || st.manifest == nil:
			return input + " has nothing to read yet"
		case st.stale != "":
			return input + " kept its last state: " + st.stale
		}
	}
	return ""
}

// keep leaves the published state of a table in place and marks it stale.
func (r *run) keep(st *state, why string) error {
	for file := range st.fresh {
		if err := r.Lake.Files.Remove(r.draft.Path(zones.Part{File: file})); err != nil {
			return err
		}
	}
	st.fresh, st.manifest, st.stale = map[string]bool{}, nil, why
	if st.previous != nil {
		kept := *st.previous
		st.manifest = &kept
	}
	delete(r.shown, st.script.Table)
	return nil
}

func (r *run) inputContents(s *script.Script) map[string]string {
	contents := map[string]string{}
	for _, input := range r.Catalog.RealInputs(s) {
		contents[input] = r.states[script.BaseTable(input)].content(input)
	}
	if s.RunDate {
		contents["run_date"] = r.opts.RunDate
	}
	return contents
}

// content identifies an input's rows. What was rejected or superseded is no part of a raw table's
// content, so for its side tables the drops stand in.
func (st *state) content(input string) string {
	if input == st.script.Table {
		return st.manifest.Content
	}
	ids := make([]string, len(st.manifest.Drops))
	for i, drop := range st.manifest.Drops {
		ids[i] = drop.ID
	}
	return strings.Join(ids, " ")
}

// plan decides what to build: nothing, the partitions that changed, or the whole table.
func (r *run) plan(st *state) (plan, error) {
	s, previous := st.script, st.previous
	whole := func(format string, args ...any) (plan, error) {
		return plan{whole: true, why: "whole: " + fmt.Sprintf(format, args...)}, nil
	}
	switch {
	case r.opts.Full:
		return whole("asked for")
	case previous == nil:
		return whole("it is new")
	case previous.Script != s.Hash:
		return whole("its script changed")
	case previous.Engine != r.engine:
		return whole("the engine changed")
	case previous.Stale != "":
		return whole("it had kept an earlier state")
	}
	p := plan{keys: map[string][]string{}}
	now := r.inputContents(s)
	if len(now) != len(previous.Inputs) {
		return whole("its inputs are others")
	}
	var changed []string
	for _, input := range slices.Sorted(maps.Keys(now)) {
		if now[input] == previous.Inputs[input] {
			continue
		}
		if input == "run_date" {
			return whole("the run's date changed")
		}
		before := r.states[script.BaseTable(input)].previous
		if !s.Narrow || len(r.Catalog.Script(script.BaseTable(input)).Header.Partition) == 0 {
			return whole("%s changed%s", input, because(s.WhyNot))
		}
		if before == nil || before.Content != previous.Inputs[input] {
			return whole("%s changed more than once", input)
		}
		r.changedKeys(s, before, r.states[input].manifest, p.keys)
		changed = append(changed, input)
	}
	p.why = fmt.Sprintf("%d partitions changed in %s", len(p.keys), strings.Join(changed, ", "))
	return p, nil
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return ", and it is not built by partition: " + why
}

// changedKeys adds the script's partitions in which an input's rows changed.
func (r *run) changedKeys(s *script.Script, before, after *zones.Table, keys map[string][]string) {
	old, current := fingerprints(before), fingerprints(after)
	for key, f := range current {
		if old[key].print != f.print {
			addKey(s, after.Partition, f.values, keys)
		}
	}
	for key, f := range old {
		if _, still := current[key]; !still {
			addKey(s, before.Partition, f.values, keys)
		}
	}
}

type printed struct {
	print  string
	values []string
}

func fingerprints(t *zones.Table) map[string]printed {
	prints := map[string]printed{}
	for _, part := range t.Parts {
		prints[part.Key] = printed{fmt.Sprintf("%d %s", part.Rows, part.Fingerprint), part.Values}
	}
	for _, winner := range t.Winners {
		prints[winner.Key] = printed{fmt.Sprintf("%d %s", winner.Rows, winner.Fingerprint), winner.Values}
	}
	return prints
}

func addKey(s *script.Script, names, values []string, keys map[string][]string) {
	projected := project(s.NarrowBy, names, values)
	keys[zones.PartKey(projected)] = projected
}

// project picks the values of some partition columns.
func project(want, names, values []string) []string {
	picked := make([]string, len(want))
	for i, name := range want {
		picked[i] = values[slices.Index(names, name)]
	}
	return picked
}

// buildParts runs the script and turns its rows into parts. A part whose rows are those of the
// published version keeps its file.
func (r *run) buildParts(ctx context.Context, st *state, p plan) ([]zones.Part, error) {
	contents := told(st.manifest.Inputs)
	if p.whole && r.Catalog.Barren(st.script, contents) {
		return nil, nil
	}
	if err := r.show(ctx, st.script, p); err != nil {
		return nil, err
	}
	parts, err := r.writeParts(ctx, st, p)
	if p.whole && err == nil && len(parts) == 0 {
		r.Catalog.SetBarren(st.script, contents)
	}
	return parts, err
}

// told are the contents of inputs as one text.
func told(contents map[string]string) string {
	var b strings.Builder
	for _, input := range slices.Sorted(maps.Keys(contents)) {
		fmt.Fprintf(&b, "%s %s\n", input, contents[input])
	}
	return b.String()
}

func (r *run) writeParts(ctx context.Context, st *state, p plan) ([]zones.Part, error) {
	s := st.script
	if len(s.Header.Partition) == 0 || !p.whole && len(p.keys) == 1 && len(s.NarrowBy) == len(s.Header.Partition) {
		file := r.scratch("part.parquet")
		if err := removeIfThere(file); err != nil {
			return nil, err
		}
		rows, err := r.DB.Copy(ctx, Statement(s), file, parquetOptions)
		if err != nil {
			return nil, err
		}
		return r.takeParts(ctx, st, p, file, rows, false)
	}
	dir := r.scratch("parts")
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	rows, err := r.DB.Copy(ctx, "select "+duck.Idents(s.Names())+" from (\n"+s.SQL+")", dir,
		"(format parquet, compression lz4, partition_by ("+duck.Idents(s.Header.Partition)+"), write_partition_columns true)")
	if err != nil {
		return nil, err
	}
	return r.takeParts(ctx, st, p, dir, rows, true)
}

// Statement is a derived table's script as the engine runs it to write a table whole: its columns by
// name, in its order.
func Statement(s *script.Script) string {
	return "select " + duck.Idents(s.Names()) + " from (\n" + s.SQL + ")" + orderBy(s)
}

// orderBy is a curated table's total order: its key, then everything else, so that equal rows give
// equal bytes. Other zones keep the order their rows come in.
func orderBy(s *script.Script) string {
	if s.Kind != script.Curated {
		return ""
	}
	names := slices.Clone(s.Header.Key)
	for _, name := range s.Names() {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return " order by " + duck.Idents(names)
}

// piece is what one partition of freshly built rows consists of.
type piece struct {
	values []string
	rows   int64
	sum    *big.Int
	files  []string
}

func (r *run) takeParts(ctx context.Context, st *state, p plan, path string, rows int64, split bool) (parts []zones.Part, err error) {
	pieces := map[string]*piece{}
	if rows > 0 {
		if pieces, err = r.measurePieces(ctx, st.script, path, split); err != nil {
			return nil, err
		}
	}
	if len(pieces) > 2 && split && small(pieces) {
		restore, err := r.oneThread(ctx)
		if err != nil {
			return nil, err
		}
		defer restore()
	}
	for _, key := range slices.Sorted(maps.Keys(pieces)) {
		pc := pieces[key]
		if !p.builds(st.script, pc.values) {
			return nil, fmt.Errorf("partition %s came out of inputs narrowed to others: the script mixes partitions", key)
		}
		part := zones.Part{Key: key, Values: pc.values, Rows: pc.rows, Fingerprint: pc.sum.String()}
		if old, same := r.unchangedPart(st, part); same {
			parts = append(parts, old)
			continue
		}
		file := path
		if split {
			if file, err = r.joinPiece(ctx, st.script, pc); err != nil {
				return nil, err
			}
		}
		if part, err = r.draft.AddPart(st.script.Table, part, file); err != nil {
			return nil, err
		}
		st.fresh[part.File] = true
		parts = append(parts, part)
	}
	return parts, nil
}

// smallPiece is up to how many rows a second thread costs more than it helps: half of what a file of
// two row groups holds.
const smallPiece = 122880

func small(pieces map[string]*piece) bool {
	for _, pc := range pieces {
		if pc.rows > smallPiece {
			return false
		}
	}
	return true
}

// oneThread runs what follows on one thread: many small files are written twice as fast. The bytes are
// the same.
func (r *run) oneThread(ctx context.Context) (restore func(), err error) {
	var threads int64
	if err := r.DB.One(ctx, "select current_setting('threads')", &threads); err != nil {
		return nil, err
	}
	if err := r.DB.Exec(ctx, "set threads = 1"); err != nil {
		return nil, err
	}
	return func() {
		if err := r.DB.Exec(context.WithoutCancel(ctx), fmt.Sprintf("set threads = %d", threads)); err != nil {
			r.Log.WarnContext(ctx, "threads stay at one", "error", err)
		}
	}, nil
}

// unchangedPart finds the published file with the same rows. A full build trusts none.
func (r *run) unchangedPart(st *state, part zones.Part) (zones.Part, bool) {
	if r.opts.Full || st.previous == nil || st.previous.Engine != st.manifest.Engine || !slices.Equal(st.previous.Columns, st.manifest.Columns) {
		return part, false
	}
	for _, old := range st.previous.Parts {
		if old.Key == part.Key && old.Rows == part.Rows && old.Fingerprint == part.Fingerprint {
			return old, true
		}
	}
	return part, false
}

// joinPiece writes one partition's final file, in order where the zone has one.
func (r *run) joinPiece(ctx context.Context, s *script.Script, pc *piece) (string, error) {
	file := r.scratch("part.parquet")
	if err := removeIfThere(file); err != nil {
		return "", err
	}
	_, err := r.DB.Copy(ctx, "select "+duck.Idents(s.Names())+" from read_parquet("+duck.List(pc.files)+", hive_partitioning = false)"+orderBy(s), file, parquetOptions)
	return file, err
}

// measurePieces reads what was written once: rows and fingerprint of each partition, and its files.
func (r *run) measurePieces(ctx context.Context, s *script.Script, path string, split bool) (map[string]*piece, error) {
	files := []string{path}
	if split {
		var err error
		if files, err = parquetBelow(path); err != nil || len(files) == 0 {
			return nil, err
		}
	}
	values := make([]string, len(s.Header.Partition))
	nulls := []string{"false"}
	for i, name := range s.Header.Partition {
		values[i] = duck.Ident(name) + "::varchar"
		nulls = append(nulls, duck.Ident(name)+" is null")
	}
	query := "select filename, [" + strings.Join(values, ", ") + "]::varchar[], count(*), " + fingerprint(s.Told()) + ", bool_or(" + strings.Join(nulls, " or ") + ")" +
		" from read_parquet($1, filename = true, hive_partitioning = false) group by all"
	pieces := map[string]*piece{}
	err := r.DB.Scan(ctx, query, func(scan func(...any) error) error {
		var file, sum string
		var list []any
		var rows int64
		var null bool
		if err := scan(&file, &list, &rows, &sum, &null); err != nil {
			return err
		}
		if null {
			return fmt.Errorf("a row has no value in a partition column (%s)", strings.Join(s.Header.Partition, ", "))
		}
		var texts []string
		for _, value := range list {
			texts = append(texts, fmt.Sprint(value))
		}
		key := zones.PartKey(texts)
		if pieces[key] == nil {
			pieces[key] = &piece{values: texts, sum: new(big.Int)}
		}
		add, _ := new(big.Int).SetString(sum, 10)
		pieces[key].sum.Add(pieces[key].sum, add)
		pieces[key].rows += rows
		pieces[key].files = append(pieces[key].files, file)
		return nil
	}, files)
	for _, pc := range pieces {
		slices.Sort(pc.files)
	}
	return pieces, err
}

// parquetBelow lists what a partitioned write left; without rows it leaves nothing.
func parquetBelow(dir string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return files, err
}
