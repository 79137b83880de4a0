package build

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

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
