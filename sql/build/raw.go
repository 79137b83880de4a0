package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bedrot/sql/script"
	"bedrot/zones"
)

// rawTable derives the drops a raw table does not know yet and folds them into its winners.
func (r *run) rawTable(ctx context.Context, st *state) error {
	s := st.script
	known, start := r.knownDrops(st)
	accounts, err := r.Lake.Accounts(s.Source, s.Entity)
	if err != nil {
		return err
	}
	manifest := &zones.Table{
		Name: s.Table, Script: r.rawID(s), Engine: r.engine, Columns: s.Columns, Partition: s.Header.Partition,
	}
	for _, account := range accounts {
		if err := r.foldAccount(ctx, st, account, known[account], start[account], manifest); err != nil {
			return err
		}
	}
	slices.SortFunc(manifest.Winners, func(a, b zones.Winner) int { return compare(a.Key, b.Key) })
	manifest.SetContent()
	st.manifest = manifest
	return nil
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// knownDrops is what the published version says, by account, when it was made by the same script.
func (r *run) knownDrops(st *state) (drops map[string][]zones.RawDrop, winners map[string]map[string]zones.Winner) {
	drops, winners = map[string][]zones.RawDrop{}, map[string]map[string]zones.Winner{}
	if st.previous == nil || st.previous.Script != r.rawID(st.script) {
		return drops, winners
	}
	for _, drop := range st.previous.Drops {
		drops[drop.Account] = append(drops[drop.Account], drop)
	}
	for _, winner := range st.previous.Winners {
		account := winner.Values[0]
		if winners[account] == nil {
			winners[account] = map[string]zones.Winner{}
		}
		winners[account][winner.Key] = winner
	}
	return drops, winners
}

// foldAccount folds one account's drops: only the new ones when all are newer than those known and no
// verdict has changed, else all of them from the beginning.
func (r *run) foldAccount(ctx context.Context, st *state, account string, known []zones.RawDrop, winners map[string]zones.Winner, manifest *zones.Table) error {
	s := st.script
	ids, err := r.Lake.DropIDs(s.Source, s.Entity, account)
	if err != nil {
		return err
	}
	verdicts, err := r.Lake.Verdicts(s.Source, s.Entity, account)
	if err != nil {
		return err
	}
	slices.SortFunc(known, func(a, b zones.RawDrop) int { return compare(a.ID, b.ID) })
	if sameScript := st.previous == nil || st.previous.Script == manifest.Script; sameScript && !r.opts.Select.Has(s.Source, s.Entity, account) {
		manifest.Drops = append(manifest.Drops, known...)
		for _, winner := range winners {
			manifest.Winners = append(manifest.Winners, winner)
		}
		return r.tellDrops(s, nil, winners, known)
	}
	appended := len(ids) >= len(known) && !r.opts.Full // whole means from the beginning: a lost raw file comes back
	isNew := map[string]bool{}
	for i, id := range ids {
		if i < len(known) {
			appended = appended && known[i].ID == id && known[i].Verdict == verdicts[id]
		}
		isNew[id] = !slices.ContainsFunc(known, func(d zones.RawDrop) bool { return d.ID == id })
	}
	f := &fold{rules: rules{s.Header.Shrink, s.Header.MaxRejects}, pages: pagesOf(s), winners: maps.Clone(winners), verdicts: verdicts}
	if !appended || f.winners == nil {
		known, f.winners = nil, map[string]zones.Winner{}
	}
	manifest.Drops = append(manifest.Drops, known...)
	for _, drop := range known {
		if drop.Outcome == Accepted {
			f.know(drop.Identity)
		}
	}
	var folded []DropResult
	for _, id := range ids[len(known):] {
		d, err := r.derive(ctx, s, account, id)
		if err != nil {
			return err
		}
		result := f.add(d)
		result.New = isNew[id]
		manifest.Drops = append(manifest.Drops, rawDrop(d, result, verdicts[id]))
		folded = append(folded, result)
		if result.New {
			r.explain(ctx, s, d, &folded[len(folded)-1])
		}
	}
	manifest.Winners = append(manifest.Winners, f.sorted()...)
	return r.tellDrops(s, folded, f.winners, manifest.Drops)
}

func rawDrop(d *derived, result DropResult, verdict zones.Verdict) zones.RawDrop {
	drop := zones.RawDrop{
		ID: d.ID, Account: d.Account, AsOf: d.drop.AsOf, File: d.File, Outcome: result.Outcome, Reason: result.Reason,
		Verdict: verdict, Identity: d.Identity, Records: d.Records, Rejected: d.Rejected, SHA256: d.SHA256, Bytes: d.Bytes, Landed: d.BytesIn,
	}
	for _, m := range d.Members {
		drop.Starts, drop.Names = append(drop.Starts, m.Start), append(drop.Names, m.Name)
	}
	return drop
}

// tellDrops completes each drop's identity now that the winners are known, asserts it, and journals it.
func (r *run) tellDrops(s *script.Script, folded []DropResult, winners map[string]zones.Winner, drops []zones.RawDrop) error {
	winning := map[string]int64{}
	for _, winner := range winners {
		winning[winner.Drop] += winner.Rows
	}
	for i := range folded {
		d := &folded[i]
		d.Source, d.Stream = s.Source, s.Entity
		if d.Outcome == Refused {
			continue
		}
		accepted := d.Records - d.Rejected
		d.Winning = winning[d.ID]
		d.Superseded = accepted - d.Winning - d.Unchanged - d.HeldRows
		if d.Superseded < 0 {
			return fmt.Errorf("drop %s: %d rows accepted, but %d winning + %d unchanged + %d held", d.ID, accepted, d.Winning, d.Unchanged, d.HeldRows)
		}
	}
	for _, d := range folded {
		if d.New {
			r.tellDrop(d)
		}
	}
	for _, drop := range drops {
		if drop.Outcome == Held {
			r.result.Held = append(r.result.Held, DropResult{
				ID: drop.ID, Source: s.Source, Stream: s.Entity, Account: drop.Account, Outcome: Held,
				Reason: drop.Reason, Next: "bedrot drops accept " + drop.ID,
			})
		}
	}
	return nil
}

func (r *run) tellDrop(d DropResult) {
	accepted := d.Records - d.Rejected
	event := zones.Event{
		Kind: "drop", Source: d.Source, Stream: d.Stream, Account: d.Account, Drop: d.ID, File: d.File,
		Severity: d.Outcome, Code: d.Code, Message: d.Reason, Next: d.Next,
		Records: &d.Records, Rejects: &d.Rejected, Accepted: &accepted, Winning: &d.Winning,
		Superseded: &d.Superseded, Unchanged: &d.Unchanged, Held: &d.HeldRows,
	}
	if d.Money != nil {
		event.MoneyIn, event.MoneyAccepted, event.MoneyRejected = d.Money.In, d.Money.Accepted, d.Money.Rejected
	}
	r.Journal.Add(event)
	r.result.Drops = append(r.result.Drops, d)
	if d.Gone > 0 {
		r.find(Finding{Error: zones.Error{
			Code: "lines_gone", Source: d.Source, Stream: d.Stream, Account: d.Account, Table: "raw." + d.Source + "__" + d.Stream,
			Step: "raw", Drop: d.ID, Where: d.Source + "/" + d.Stream + ":" + d.Account,
			What: fmt.Sprintf("%d lines of earlier answers are gone: this one has their days without them", d.Gone),
			Next: "if it was cut short: bedrot drops withdraw " + d.ID,
		}})
	}
	if d.Outcome != Accepted && d.Outcome != Withdrawn {
		where := d.Source + "/" + d.Stream + ":" + d.Account
		if d.File != "" {
			where += " " + d.File
		}
		r.find(Finding{Blocks: true, Error: zones.Error{
			Code: d.Code, Source: d.Source, Stream: d.Stream, Account: d.Account, Table: "raw." + d.Source + "__" + d.Stream,
			Step: "raw", Drop: d.ID, Where: where, What: d.Reason, Rule: d.Rule, Expected: d.Expected, Found: d.Found, Next: d.Next,
		}})
	}
}

// rawID names a raw script in the names of its files: other rules or another engine, other files.
func (r *run) rawID(s *script.Script) string {
	sum := sha256.Sum256([]byte(s.Hash + " " + r.engine))
	return hex.EncodeToString(sum[:4])
}

func (r *run) rawStem(s *script.Script, account, id string) string {
	table := strings.TrimPrefix(s.Table, "raw.")
	return filepath.Join("raw", table, account+"~"+id+"~"+r.rawID(s))
}

// derive returns a drop's sidecar, making its raw file first if no earlier run has.
func (r *run) derive(ctx context.Context, s *script.Script, account, id string) (*derived, error) {
	drop, err := r.Lake.ReadDrop(s.Source, s.Entity, account, id)
	if err != nil {
		return nil, err
	}
	stem := r.rawStem(s, account, id)
	d := &derived{drop: drop}
	err = zones.ReadDocument(r.Lake.Path(stem+".json"), d)
	if err == nil {
		if d.File == "" {
			return d, nil
		}
		if _, err = os.Lstat(r.Lake.Path(d.File)); err == nil {
			return d, nil
		}
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if r.opts.DryRun {
		stem = filepath.Join(r.Lake.Rel(r.scratch("dry")), stem)
	}
	r.progress(fmt.Sprintf("%s:%s %s", s.Source+"/"+s.Entity, account, id))
	start := r.Now()
	d, err = r.makeRaw(ctx, s, drop)
	if err != nil {
		return nil, fmt.Errorf("%s drop %s: %w", drop.Where(), id, err)
	}
	if err := r.commitRaw(d, stem); err != nil {
		return nil, err
	}
	r.Journal.Add(zones.Event{
		Kind: "step", Step: "raw", Source: s.Source, Stream: s.Entity, Account: account, Drop: id, Table: s.Table,
		StartedAt: &start, DurationMS: r.Now().Sub(start).Milliseconds(),
		RowsIn: &d.Records, RowsOut: &d.Records, BytesIn: &d.BytesIn, BytesOut: &d.Bytes, Rejects: &d.Rejected,
	})
	return d, nil
}

// commitRaw gives a raw file its name, then the sidecar that vouches for it. A file without a sidecar
// is a killed run's and is replaced.
func (r *run) commitRaw(d *derived, stem string) error {
	files, dir := r.Lake.Files, filepath.Dir(r.Lake.Path(stem))
	if err := files.MkdirAll(r.Lake.Root, dir); err != nil {
		return err
	}
	if d.File != "" {
		sealed, err := files.Seal(d.File)
		if err != nil {
			return err
		}
		d.Sealed = sealed
		if err := files.Rename(d.File, r.Lake.Path(stem+".parquet")); err != nil {
			return err
		}
		if err := files.SyncDir(dir); err != nil {
			return err
		}
		d.File = stem + ".parquet"
	}
	sidecar := r.scratch("sidecar.json")
	if err := removeIfThere(sidecar); err != nil {
		return err
	}
	if err := files.WriteDocument(sidecar, d); err != nil {
		return err
	}
	if err := files.Rename(sidecar, r.Lake.Path(stem+".json")); err != nil {
		return err
	}
	return files.SyncDir(dir)
}
