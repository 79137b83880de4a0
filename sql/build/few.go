package build

import (
	"cmp"
	"context"
	"math/big"
	"slices"
	"strings"

	"bedrot/sql/duck"
	"bedrot/sql/script"
	"bedrot/sql/view"
	"bedrot/zones"
)

// fewRows is up to how many rows read a script's own rows wait in a temporary table to be measured,
// checked and copied, rather than in files that are read again for each: most tables have few rows, and
// then what a statement costs is to open its files. A script that makes of few more than manyTimes as many
// is run again, into files: a table larger than the memory limit spills, but to measure it took 1.6 times
// the limit.
const (
	fewRows   = smallPiece / manyTimes
	manyTimes = 4
)

// few is that table.
const (
	few     = "few rows"
	fromFew = ` from temp."few rows"`
)

// inputRows is how many rows a script reads, narrowed as it is.
func (r *run) inputRows(s *script.Script, p plan) (rows int64) {
	for _, input := range r.Catalog.RealInputs(s) {
		st := r.states[script.BaseTable(input)]
		if input != st.script.Table { // the side tables have what drops hold
			for _, drop := range st.manifest.Drops {
				rows += drop.Records
			}
			continue
		}
		n := r.narrowed(s, input, p)
		for _, part := range st.manifest.Parts {
			if n.keys == nil || n.holds(st.script.Header.Partition, part.Values) {
				rows += part.Rows
			}
		}
		for _, winner := range st.manifest.Winners {
			if n.keys == nil || n.holds(st.script.Header.Partition, winner.Values) {
				rows += winner.Rows
			}
		}
	}
	return rows
}

// fewAre is fewRows, but in tests.
func (r *run) fewAre() int64 { return cmp.Or(r.few, fewRows) }

// writeFew runs the script into a temporary table; only parts that changed are written.
func (r *run) writeFew(ctx context.Context, st *state, p plan) ([]zones.Part, error) {
	s := st.script
	rows, err := r.DB.Keep(ctx, few, "select "+duck.Idents(s.Names())+" from (\n"+s.SQL+")")
	if err != nil {
		return nil, err
	}
	if rows > manyTimes*r.fewAre() {
		if err := r.DB.Exec(ctx, "drop table temp."+duck.Ident(few)); err != nil {
			return nil, err
		}
		return r.writeMany(ctx, st, p)
	}
	pieces := map[string]*piece{}
	if rows > 0 {
		if pieces, err = r.measureFew(ctx, st, p); err != nil {
			return nil, err
		}
	}
	kinds := make([]string, len(s.Header.Partition))
	for i, name := range s.Header.Partition {
		column, _ := s.Column(name)
		kinds[i] = column.Type
	}
	return r.takeParts(ctx, st, p, pieces, func(pc *piece) (string, error) {
		from := fromFew
		if len(pieces) > 1 {
			from += " where " + view.Condition(s.Header.Partition, kinds, [][]string{pc.values})
		}
		return r.copyPart(ctx, s, from)
	})
}

// measureFew looks at the rows once: count and fingerprint of each partition, and whether there is anything
// for the checks to count.
func (r *run) measureFew(ctx context.Context, st *state, p plan) (map[string]*piece, error) {
	s := st.script
	values, missing := partitionOf(s)
	query := "select " + values + ", count(*), " + fingerprint(s.Told()) + ", bool_or(" + missing + "), " + flawed(s, p) + fromFew
	if len(s.Header.Partition) > 0 {
		query += " group by " + duck.Idents(s.Header.Partition)
	}
	pieces := map[string]*piece{}
	st.flawless = len(s.Header.Key) == 0 || p.whole || partitionInKey(s)
	err := r.DB.Scan(ctx, query, func(scan func(...any) error) error {
		var list []any
		var sum string
		var missing, flaw bool
		pc := &piece{sum: new(big.Int)}
		if err := scan(&list, &pc.rows, &sum, &missing, &flaw); err != nil {
			return err
		}
		if missing {
			return noPartition(s)
		}
		pc.values = texts(list)
		pc.sum.SetString(sum, 10)
		pieces[zones.PartKey(pc.values)] = pc
		st.flawless = st.flawless && !flaw
		return nil
	})
	return pieces, err
}

// flawed tells whether a row makes a check false, or several share a key.
func flawed(s *script.Script, p plan) string {
	failing := []string{"false"}
	for _, check := range s.Header.Checks {
		failing = append(failing, "("+check.Expr+") is false")
	}
	flaw := "bool_or(" + strings.Join(failing, " or ") + ")"
	if key := duck.Idents(s.Header.Key); key != "" && (p.whole || partitionInKey(s)) {
		flaw += " or exists (select 1" + fromFew + " group by " + key + " having count(*) > 1)"
	}
	return flaw
}

// partitionInKey reports whether equal keys can only meet inside one partition.
func partitionInKey(s *script.Script) bool {
	return len(s.Header.Partition) > 0 && !slices.ContainsFunc(s.Header.Partition, func(name string) bool {
		return !slices.Contains(s.Header.Key, name)
	})
}
