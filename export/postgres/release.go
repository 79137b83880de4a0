package postgres

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"bedrot/sql/query"
	"bedrot/zones"
)

// release is one version on its way into the database.
type release struct {
	*Exporter
	version *zones.Version
	lake    *query.Session
	id      string
	started time.Time
	hash    string // of all that is published
	report  Report
	tried   *Report // of a COMMIT that nothing was heard of
}

// attempt is the whole export on one connection.
func (r *release) attempt(ctx context.Context) error {
	r.step("connecting to %s", r.report.Where)
	s, err := r.connect(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	if err := r.migrate(ctx, s); err != nil {
		return err
	}
	if settled, err := r.settled(ctx, s); settled || err != nil {
		return err
	}
	known, err := s.released(ctx)
	if err != nil {
		return err
	}
	works, err := r.plan(known)
	if err != nil {
		return err
	}
	if err := r.evolve(ctx, s, works, known); err != nil {
		return err
	}
	if !r.Options.DryRun {
		if err := r.dress(ctx, s); err != nil {
			return err
		}
	}
	if len(works) == 0 || r.Options.DryRun && !r.Options.Diff {
		for _, w := range works {
			r.report.Changes = append(r.report.Changes, w.change)
		}
		return nil
	}
	for i, w := range works {
		if err := r.stage(ctx, s, w, i); err != nil {
			return err
		}
	}
	if r.Options.DryRun {
		return r.difference(ctx, s, works)
	}
	r.step("publishing %d tables", len(works))
	for try := 1; ; try++ {
		if err = r.publish(ctx, s, works); err == nil || !conflict(err) || try == attempts {
			return err
		}
		if err := sleep(ctx, time.Duration(try*try)*cmp.Or(r.Pause, time.Second)/5); err != nil {
			return err
		}
	}
}

// settled reports whether the COMMIT that nothing was heard of had arrived, its answer lost.
func (r *release) settled(ctx context.Context, s *session) (there bool, err error) {
	if r.tried == nil {
		return false, nil
	}
	if err := s.QueryRow(ctx, "select exists (select 1 from bedrot.releases where release_id = $1)", r.id).Scan(&there); err != nil || !there {
		return false, err
	}
	attempts := r.report.Attempts
	r.report = *r.tried
	r.report.Attempts = attempts
	return true, nil
}

// publish is the release itself: all tables, the state they are now in, and the row that tells of it.
func (r *release) publish(ctx context.Context, s *session, works []*work) (err error) {
	warned := slices.Clone(r.report.Warnings)
	defer func() {
		if err != nil {
			r.report.Warnings = warned // the next try tells them again
		}
	}()
	asOf, err := r.dataAsOf(ctx)
	if err != nil {
		return err
	}
	tx, err := s.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if _, err := tx.Exec(ctx, "set local lock_timeout = '2s'; set local statement_timeout = '10min'; "+joins); err != nil {
		return err
	}
	if err := r.stampedIn(ctx, tx); err != nil {
		return err
	}
	for _, w := range works {
		if err := w.refer(ctx, tx); err != nil {
			return err
		}
	}
	r.report.Changes = nil
	for _, w := range works {
		if err := r.merge(ctx, tx, w); err != nil {
			return fmt.Errorf("%s: %w", w.table.Name, err)
		}
		r.report.Changes = append(r.report.Changes, w.change)
	}
	if err := r.narrow(ctx, tx, works); err != nil {
		return err
	}
	for _, w := range works {
		if err := w.remember(ctx, tx); err != nil {
			return err
		}
	}
	if err := r.tell(ctx, tx, s, asOf); err != nil {
		return err
	}
	r.report.Release = r.id
	r.tellRefused(works)
	tried := r.report
	r.tried = &tried
	if err := tx.Commit(ctx); err != nil {
		r.report.Release = ""
		return err
	}
	return nil
}

// joins settles how rows are compared: hashed. Where NULLs are equal PostgreSQL expects one row to be like
// another. It would rather sort both sides, texts by the rules of their language, or look up row by row, and
// compiles what it takes to be dear.
const joins = "set local work_mem = '128MB'; set local enable_mergejoin = off; set local enable_nestloop = off; set local jit = off"

func (r *release) stampedIn(ctx context.Context, tx pgx.Tx) error {
	var ours bool
	err := tx.QueryRow(ctx, "select exists (select 1 from bedrot.stamp where lake_id = $1 and environment = $2)", r.Lake.Stamp.ID, r.Lake.Stamp.Env).Scan(&ours)
	if err == nil && !ours {
		err = &zones.Error{Code: "warehouse_stamp", What: "the database belongs to another lake or environment", Where: Where(r.URL), Next: "publish into a database of its own: createdb NAME, then set " + URLSetting}
	}
	return err
}

// remember keeps what the next release is compared with.
func (w *work) remember(ctx context.Context, tx pgx.Tx) error {
	keys, prints, counts, moneys := []string{}, []string{}, []int64{}, []string{}
	for _, part := range w.parts {
		money, err := json.Marshal(w.money[part.Key])
		if err != nil {
			return err
		}
		fingerprint := part.Fingerprint
		if w.change.Refused > 0 {
			fingerprint = "" // looked at again the next time
		}
		if w.money[part.Key] == nil {
			money = []byte("{}")
		}
		keys, prints, counts, moneys = append(keys, part.Key), append(prints, fingerprint), append(counts, part.Rows), append(moneys, string(money))
	}
	batch := &pgx.Batch{}
	if w.scope == "" {
		batch.Queue("delete from bedrot.parts where table_name = $1 and part <> all($2)", w.table.Name, keys)
	} else {
		batch.Queue("delete from bedrot.parts where table_name = $1 and part = any($2)", w.table.Name, w.gone)
	}
	batch.Queue(`insert into bedrot.parts (table_name, part, fingerprint, row_count, money)
		select $1, part, fingerprint, row_count, money::jsonb from unnest($2::text[], $3::text[], $4::bigint[], $5::text[]) as p(part, fingerprint, row_count, money)
		on conflict (table_name, part) do update set fingerprint = excluded.fingerprint, row_count = excluded.row_count, money = excluded.money`,
		w.table.Name, keys, prints, counts, moneys)
	batch.Queue("update bedrot.tables set shape = $2, row_count = (select coalesce(sum(row_count), 0) from bedrot.parts where table_name = $1) where table_name = $1", w.table.Name, w.table.shape())
	batch.Queue("delete from bedrot.columns where table_name = $1 and column_name = any($2)", w.table.Name, w.dropped)
	return tx.SendBatch(ctx, batch).Close()
}

// tell writes the release's row.
func (r *release) tell(ctx context.Context, tx pgx.Tx, s *session, asOf map[string]string) error {
	changes := map[string]Change{}
	for _, change := range r.report.Changes {
		changes[change.Table] = change
	}
	versions := map[string]string{"bedrot": r.Bedrot, "duckdb": r.version.Engine, "postgresql": s.server}
	var texts []any
	for _, value := range []any{versions, changes, asOf} {
		text, err := json.Marshal(value)
		if err != nil {
			return err
		}
		texts = append(texts, string(text))
	}
	var runDate *string
	if r.version.RunDate != "" {
		runDate = &r.version.RunDate
	}
	_, err := tx.Exec(ctx, `
		insert into bedrot.releases (release_id, lake_version, run_date, environment, versions, manifest_hash, row_counts, money, changes, data_as_of, started_at, duration_ms)
		select $1, $2, $3::text::date, $4, $5::text::jsonb, $6,
			(select coalesce(jsonb_object_agg(table_name, row_count), '{}') from bedrot.tables),
			(select coalesce(jsonb_object_agg(table_name, sums), '{}') from (
				select table_name, jsonb_object_agg(name, total) as sums
				from (
					select p.table_name, m.key as name, sum(m.value::numeric)::text as total
					from bedrot.parts as p cross join lateral jsonb_each_text(p.money) as m
					where m.value <> ''
					group by 1, 2
				) as totals
				group by 1
			) as by_table),
			$7::text::jsonb, $8::text::jsonb, $9, $10`,
		r.id, r.version.Run, runDate, r.Lake.Stamp.Env, texts[0], r.hash, texts[1], texts[2], r.started, r.Now().Sub(r.started).Milliseconds())
	return err
}

// dataAsOf is the newest day that each source's data is about, as the lake's own table of freshness says.
func (r *release) dataAsOf(ctx context.Context) (map[string]string, error) {
	const table = "curated.data_freshness"
	asOf := map[string]string{}
	manifest, err := r.version.Table(table)
	if err != nil || manifest == nil {
		return asOf, err
	}
	if err := r.lake.Need(ctx, table); err != nil {
		return nil, err
	}
	err = r.lake.DB.Scan(ctx, "select source, max(last_date)::varchar from "+table+" where last_date is not null group by source", func(scan func(...any) error) error {
		var source, date string
		err := scan(&source, &date)
		asOf[source] = date
		return err
	})
	return asOf, err
}

// narrow does, as the last thing before the COMMIT, what somebody accepted: readers wait for it.
func (r *release) narrow(ctx context.Context, tx pgx.Tx, works []*work) error {
	var statements []string
	for _, w := range works {
		for _, column := range w.narrowed {
			statements = append(statements, fmt.Sprintf("alter table %s alter column %s type %s using %s::%s",
				qualified(w.table.Name), quote(column.Name), column.Type, quote(column.Name), column.Type))
		}
		for _, name := range w.dropped {
			statements = append(statements, fmt.Sprintf("alter table %s drop column %s", qualified(w.table.Name), quote(name)))
		}
	}
	if len(statements) == 0 {
		return nil
	}
	if err := dropViews(ctx, tx); err != nil {
		return err
	}
	for _, statement := range statements {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return r.makeViews(ctx, tx)
}

// shrunk is told when a release would take away more than it may.
func (r *release) shrunk(w *work, what string, gone, held int64) error {
	return &zones.Error{
		Code: "warehouse_shrinks", Table: w.table.Name, Where: Where(r.URL), Found: fmt.Sprintf("%d of %d rows would go", gone, held),
		What: fmt.Sprintf("%s would lose %d of %d rows%s", w.table.Name, gone, held, what), Expected: fmt.Sprintf("at most %d %% of what is kept by month or day, never all", shrinkPercent),
		Next: "look at it: bedrot export postgres --dry-run --diff; if it is right: bedrot export postgres --accept " + w.table.Name,
	}
}

// A release may take away so many rows of a table, or of a source in it, without being told that it may.
const (
	shrinkPercent = 30
	shrinkRows    = 50
)

// tooMuch reports whether more rows would go than a table loses of itself. What is kept by day or month
// only grows. What is worked out anew each night, such as names that nothing resolves, may well become
// shorter; that all of it goes is as odd there.
func (w *work) tooMuch(gone, held int64) bool {
	if gone <= shrinkRows {
		return false
	}
	if len(w.table.Partition) == 0 {
		return gone == held
	}
	return gone*100 > held*shrinkPercent
}
