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

func (r *run) writeParts(ctx context.Context, st *state, p plan) ([]zones.Part, error) {
	if r.inputRows(st.script, p) <= r.fewAre() {
		return r.writeFew(ctx, st, p)
	}
	return r.writeMany(ctx, st, p)
}

// writeMany runs the script into files; those of a table of several partitions are read again and joined.
func (r *run) writeMany(ctx context.Context, st *state, p plan) ([]zones.Part, error) {
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
		pieces, err := r.measureFiles(ctx, s, rows, []string{file})
		if err != nil {
			return nil, err
		}
		return r.takeParts(ctx, st, p, pieces, func(*piece) (string, error) { return file, nil })
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
	files, err := parquetBelow(dir)
	if err != nil {
		return nil, err
	}
	pieces, err := r.measureFiles(ctx, s, rows, files)
	if err != nil {
		return nil, err
	}
	return r.takeParts(ctx, st, p, pieces, func(pc *piece) (string, error) {
		return r.copyPart(ctx, s, " from read_parquet("+duck.List(pc.files)+", hive_partitioning = false)")
	})
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

// takeParts makes parts of the pieces whose rows are others than those published; write gives a piece's
// final file.
func (r *run) takeParts(ctx context.Context, st *state, p plan, pieces map[string]*piece, write func(*piece) (string, error)) (parts []zones.Part, err error) {
	if len(pieces) > 2 && small(pieces) {
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
		file, err := write(pc)
		if err != nil {
			return nil, err
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

// copyPart writes one partition's final file, from where its rows are, in order where the zone has one.
func (r *run) copyPart(ctx context.Context, s *script.Script, from string) (string, error) {
	file := r.scratch("part.parquet")
	if err := removeIfThere(file); err != nil {
		return "", err
	}
	_, err := r.DB.Copy(ctx, "select "+duck.Idents(s.Names())+from+orderBy(s), file, parquetOptions)
	return file, err
}

// measureFiles reads what was written once: rows and fingerprint of each partition, and its files.
func (r *run) measureFiles(ctx context.Context, s *script.Script, rows int64, files []string) (map[string]*piece, error) {
	if rows == 0 {
		return nil, nil
	}
	values, missing := partitionOf(s)
	query := "select filename, " + values + ", count(*), " + fingerprint(s.Told()) + ", bool_or(" + missing + ")" +
		" from read_parquet($1, filename = true, hive_partitioning = false) group by all"
	pieces := map[string]*piece{}
	err := r.DB.Scan(ctx, query, func(scan func(...any) error) error {
		var file, sum string
		var values []any
		var rows int64
		var missing bool
		if err := scan(&file, &values, &rows, &sum, &missing); err != nil {
			return err
		}
		if missing {
			return noPartition(s)
		}
		pc := &piece{values: texts(values), sum: new(big.Int)}
		key := zones.PartKey(pc.values)
		if known := pieces[key]; known != nil {
			pc = known
		}
		add, _ := new(big.Int).SetString(sum, 10)
		pc.sum.Add(pc.sum, add)
		pc.rows += rows
		pc.files = append(pc.files, file)
		pieces[key] = pc
		return nil
	}, files)
	for _, pc := range pieces {
		slices.Sort(pc.files)
	}
	return pieces, err
}

// partitionOf are two expressions over a script's rows: the values of the partition, as texts, and whether
// one is missing.
func partitionOf(s *script.Script) (values, missing string) {
	casts, nulls := make([]string, len(s.Header.Partition)), []string{"false"}
	for i, name := range s.Header.Partition {
		casts[i] = duck.Ident(name) + "::varchar"
		nulls = append(nulls, duck.Ident(name)+" is null")
	}
	return "[" + strings.Join(casts, ", ") + "]::varchar[]", strings.Join(nulls, " or ")
}

func noPartition(s *script.Script) error {
	return fmt.Errorf("a row has no value in a partition column (%s)", strings.Join(s.Header.Partition, ", "))
}

func texts(values []any) []string {
	var texts []string
	for _, value := range values {
		texts = append(texts, fmt.Sprint(value))
	}
	return texts
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
