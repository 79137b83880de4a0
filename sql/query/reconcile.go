package query

import (
	"context"
	"fmt"
	"math/big"
	"strings"

	"bedrot/sql/duck"
	"bedrot/sql/script"
	"bedrot/zones"
)

// Reconciled tells how a version's tables were counted against its manifests.
type Reconciled struct {
	Tables      int        `json:"tables"`
	Differences []Miscount `json:"differences"`
}

// Miscount is a number of a table that its manifest and its files do not agree on.
type Miscount struct {
	Table    string `json:"table"`
	What     string `json:"what"`
	Expected string `json:"expected"`
	Found    string `json:"found"`
	Next     string `json:"next"`
}

// Check compares the lake's files with their hashes and then, if all are whole, its tables with their
// manifests: numbers are counted in files that are known to be whole. A subset takes some of both.
func Check(ctx context.Context, lake *zones.Lake, subset zones.Subset, o Options, load func(context.Context, *zones.Lake) (*script.Catalog, error)) (zones.Verified, Reconciled, error) {
	counted := Reconciled{Differences: []Miscount{}}
	verified, err := lake.Verify(ctx, subset)
	if err != nil || len(verified.Damaged) > 0 {
		return verified, counted, err
	}
	return verified, counted, Ask(ctx, lake, nil, o, func(s *Session) error {
		catalog, err := load(ctx, lake)
		if err == nil {
			counted, err = s.Reconcile(ctx, catalog, subset)
		}
		return err
	})
}

// Reconcile counts every table of the version through the views that readers use, and compares rows and
// money with what its manifest says: accepted = winning + superseded, rejected = rejected. A subset
// takes some tables.
func (s *Session) Reconcile(ctx context.Context, catalog *script.Catalog, subset zones.Subset) (Reconciled, error) {
	result := Reconciled{Differences: []Miscount{}}
	for _, name := range s.tables {
		if !subset.Has(name) {
			continue
		}
		result.Tables++
		counts, err := s.counts(name, catalog)
		if err != nil {
			return result, err
		}
		for _, count := range counts {
			found, err := s.found(ctx, count)
			if err != nil {
				return result, err
			}
			want, okWant := new(big.Rat).SetString(count.want)
			got, okGot := new(big.Rat).SetString(found)
			if !okWant || !okGot || want.Cmp(got) != 0 {
				result.Differences = append(result.Differences, Miscount{
					Table: count.relation, What: count.what, Expected: count.want, Found: found, Next: "bedrot build --full",
				})
			}
		}
	}
	return result, nil
}

// counted is one number that a manifest and the data must agree on. None says that the manifest names no
// file: what is shown of it has no rows, and DuckDB, which takes milliseconds a table, need not be asked.
type counted struct {
	relation, what, expression, want string
	none                             bool
}

func (s *Session) found(ctx context.Context, count counted) (found string, err error) {
	if count.none {
		return "0", nil
	}
	if err := s.Need(ctx, count.relation); err != nil {
		return "", err
	}
	err = s.DB.One(ctx, "select coalesce("+count.expression+", 0)::varchar from "+duck.Table(count.relation), &found)
	return found, err
}

func (s *Session) counts(name string, catalog *script.Catalog) ([]counted, error) {
	manifest, err := s.Version.Table(name)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(name, "raw.") {
		return []counted{{name, "rows", "count(*)", fmt.Sprint(s.Version.Tables[name].Rows), len(manifest.Parts) == 0}}, nil
	}
	var winning, accepted, rejected int64
	var money big.Rat
	for _, winner := range manifest.Winners {
		winning += winner.Rows
		if amount, ok := new(big.Rat).SetString(winner.Money); ok {
			money.Add(&money, amount)
		}
	}
	none := true
	for _, drop := range manifest.Drops {
		if drop.File != "" {
			none = false
			accepted, rejected = accepted+drop.Records-drop.Rejected, rejected+drop.Rejected
		}
	}
	counts := []counted{
		{name, "winning rows", "count(*)", fmt.Sprint(winning), none},
		{name + "__history", "accepted rows", "count(*)", fmt.Sprint(accepted), none},
		{name + "__rejected", "rejected rows", "count(*)", fmt.Sprint(rejected), none},
	}
	if made := catalog.Script(name); made != nil && made.Header.Money != "" {
		counts = append(counts, counted{name, "winning " + made.Header.Money, "sum(try_cast(" + duck.Ident(made.Header.Money) + " as decimal(38, 18)))", money.FloatString(18), none})
	}
	return append(counts, counted{"archive." + strings.TrimPrefix(name, "raw."), "superseded and held rows", "count(*)", fmt.Sprint(accepted - winning), none}), nil
}
