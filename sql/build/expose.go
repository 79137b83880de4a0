package build

import (
	"context"
	"path/filepath"

	"bedrot/sql/script"
	"bedrot/sql/view"
	"bedrot/zones"
)

// expose makes the view of a derived table as it stands in the draft. Only, when not nil, picks parts.
func (r *run) expose(ctx context.Context, st *state, only func(zones.Part) bool) error {
	return r.DB.Exec(ctx, view.Derived(st.script.Table, st.script.Columns, r.files(st, only)))
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

// exposeRaw makes the views of a raw table: winners, history and rejects.
func (r *run) exposeRaw(ctx context.Context, st *state) error {
	raw := r.rawView(st)
	history, rejected := raw.History()
	return r.execAll(ctx, append(raw.Statements(), history, rejected))
}

func (r *run) execAll(ctx context.Context, statements []string) error {
	for _, statement := range statements {
		if err := r.DB.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// narrowInputs lets a script see only the partitions that are to be built, for inputs that are
// partitioned; widenInputs takes that back.
func (r *run) narrowInputs(ctx context.Context, s *script.Script, p plan) error {
	if p.whole {
		return nil
	}
	var sets [][]string
	for _, values := range p.keys {
		sets = append(sets, values)
	}
	kinds := make([]string, len(s.Header.Partition))
	for i, name := range s.Header.Partition {
		column, _ := s.Column(name)
		kinds[i] = column.Type
	}
	for _, input := range r.Catalog.RealInputs(s) {
		st := r.states[input]
		if st == nil || len(st.script.Header.Partition) == 0 {
			continue
		}
		names := st.script.Header.Partition
		stays := func(values []string) bool {
			_, ok := p.keys[zones.PartKey(project(s.Header.Partition, names, values))]
			return ok
		}
		var err error
		if st.script.Kind == script.Raw {
			raw := r.rawView(st)
			raw.Only = func(w zones.Winner) bool { return stays(w.Values) }
			raw.Where = view.Condition(s.Header.Partition, kinds, sets)
			err = r.execAll(ctx, raw.Statements())
		} else {
			err = r.expose(ctx, st, func(part zones.Part) bool { return stays(part.Values) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *run) widenInputs(ctx context.Context, s *script.Script, p plan) error {
	if p.whole {
		return nil
	}
	for _, input := range r.Catalog.RealInputs(s) {
		st := r.states[input]
		if st == nil || len(st.script.Header.Partition) == 0 {
			continue
		}
		var err error
		if st.script.Kind == script.Raw {
			err = r.execAll(ctx, r.rawView(st).Statements())
		} else {
			err = r.expose(ctx, st, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
