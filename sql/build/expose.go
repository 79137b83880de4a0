package build

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"bedrot/sql/script"
	"bedrot/sql/view"
	"bedrot/zones"
)

// show makes the macros a script uses, and the views it reads as they stand in the draft, narrowed to the
// partitions that are to be built. They are made when somebody reads them: a night with little news
// touches little.
func (r *run) show(ctx context.Context, s *script.Script, p plan) error {
	if err := r.macros.Make(ctx, r.DB, s.Texts()...); err != nil {
		return err
	}
	for _, input := range r.Catalog.RealInputs(s) {
		if err := r.showTable(ctx, input, r.narrowed(s, input, p)); err != nil {
			return err
		}
	}
	for _, input := range s.Inputs {
		feed := r.Catalog.Script(input)
		if feed == nil || feed.Kind != script.Feed || r.shown[input] != "" {
			continue
		}
		if err := r.DB.Exec(ctx, r.Catalog.FeedView(feed)); err != nil {
			return err
		}
		r.shown[input] = "whole"
	}
	return nil
}

// narrowing is the part of an input that a script may see.
type narrowing struct {
	names     []string // of the columns the script is narrowed by
	kinds     []string
	sets      [][]string // the values to build
	keys      map[string][]string
	signature string
}

// narrowed is what a script sees of an input: all of it unless both are built by partition.
func (r *run) narrowed(s *script.Script, input string, p plan) narrowing {
	st := r.states[input]
	if p.whole || st == nil || len(st.script.Header.Partition) == 0 {
		return narrowing{signature: "whole"}
	}
	n := narrowing{names: s.NarrowBy, keys: p.keys}
	keys := slices.Sorted(maps.Keys(p.keys))
	for _, key := range keys {
		n.sets = append(n.sets, p.keys[key])
	}
	for _, name := range s.NarrowBy {
		column, _ := s.Column(name)
		n.kinds = append(n.kinds, column.Type)
	}
	n.signature = strings.Join(n.names, ",") + " in " + strings.Join(keys, " ")
	return n
}

func (n narrowing) holds(names, values []string) bool {
	_, ok := n.keys[zones.PartKey(project(n.names, names, values))]
	return ok
}

func (r *run) showTable(ctx context.Context, table string, n narrowing) error {
	if r.shown[table] == n.signature {
		return nil
	}
	st := r.states[script.BaseTable(table)]
	var err error
	switch {
	case st.script.Kind != script.Raw:
		var only func(zones.Part) bool
		if n.keys != nil {
			only = func(part zones.Part) bool { return n.holds(st.script.Header.Partition, part.Values) }
		}
		err = r.DB.Exec(ctx, view.Derived(table, st.script.Columns, r.files(st, only)))
	case strings.HasSuffix(table, "__history"):
		history, _ := r.rawView(st).History()
		err = r.DB.Exec(ctx, history)
	case strings.HasSuffix(table, "__rejected"):
		_, rejected := r.rawView(st).History()
		err = r.DB.Exec(ctx, rejected)
	default:
		raw := r.rawView(st)
		if n.keys != nil {
			raw.Only = func(w zones.Winner) bool { return n.holds(raw.Partition, w.Values) }
			raw.Where = view.Condition(n.names, n.kinds, n.sets)
		}
		err = r.execAll(ctx, raw.Statements())
	}
	r.shown[table] = n.signature
	return err
}

// files are the paths of a table's parts as they can be read now.
func (r *run) files(st *state, only func(zones.Part) bool) []string {
	if st.manifest == nil {
		return nil
	}
	var files []string
	for _, part := range st.manifest.Parts {
		if only == nil || only(part) {
			files = append(files, r.partPath(st, part))
		}
	}
	return files
}

// relation is a table as a subquery; fresh narrows it to the parts built by this run.
func (r *run) relation(st *state, fresh bool) string {
	only := func(part zones.Part) bool { return !fresh || st.fresh[part.File] }
	return "(" + view.Select(st.script.Columns, r.files(st, only)) + ")"
}

func (r *run) partPath(st *state, part zones.Part) string {
	if st.fresh[part.File] {
		return r.draft.Path(part)
	}
	return filepath.Join(r.previous.Dir(), part.File)
}

func (r *run) rawView(st *state) view.RawTable {
	return view.RawTable{
		Manifest: st.manifest, Columns: st.script.Columns, Partition: st.script.Header.Partition,
		Path: func(file string) string { return r.Lake.Path(file) },
	}
}

func (r *run) execAll(ctx context.Context, statements []string) error {
	for _, statement := range statements {
		if err := r.DB.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
