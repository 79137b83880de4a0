package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bedrot/export/warehouse"
	"bedrot/zones"
)

const (
	connectTimeout = 10 * time.Second
	// oldest is the first server version with keys in which NULLs are equal, and views with their reader's rights.
	oldest = 150000
	// lockKey is the advisory lock's: of all programs that use this database, only bedrot takes it.
	lockKey = 0x6265_6472_6f74
)

// session is a connection that holds the lock.
type session struct {
	*pgx.Conn
	server string // its version, for people
}

// connect opens a connection and waits for the lock, so that one exporter works at a time. That it has the
// lock also proves that every earlier session which had it is over, with whatever it was committing.
func (e *Exporter) connect(ctx context.Context) (*session, error) {
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	if err = e.lock(ctx, s); err == nil {
		err = s.sweep(ctx)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// open opens a connection, if the server and the database are what they must be.
func (e *Exporter) open(ctx context.Context) (*session, error) {
	config, err := parse(e.URL)
	if err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	s := &session{Conn: conn}
	if err := e.prepare(ctx, s); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (e *Exporter) prepare(ctx context.Context, s *session) error {
	var version int
	var encoding string
	err := s.QueryRow(ctx, `select current_setting('server_version_num')::integer, current_setting('server_version'), current_setting('server_encoding')`).Scan(&version, &s.server, &encoding)
	if err != nil {
		return err
	}
	if version < oldest {
		return &zones.Error{Code: "warehouse_setup", What: "the server is PostgreSQL " + s.server + ", at least 15 is needed", Where: Where(e.URL), Next: "upgrade the server"}
	}
	if encoding != "UTF8" {
		return &zones.Error{Code: "warehouse_setup", What: "the database's encoding is " + encoding + ": names of all the world need UTF8", Where: Where(e.URL), Next: "createdb --encoding UTF8 --template template0 NAME"}
	}
	// A server notices that we are gone although nobody told it; not every system can.
	_, _ = s.Exec(ctx, "set client_connection_check_interval = '5s'")
	_, _ = s.Exec(ctx, "set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3")
	return s.become(ctx)
}

// become takes on the writer's role, where there is one for this login: what is made belongs to the role,
// not to a login that may change. A superuser is left what it is.
func (s *session) become(ctx context.Context) error {
	const member = `select exists (
		select 1 from pg_roles as r where r.rolname = 'bedrot_writer' and pg_has_role(current_user, r.oid, 'member')
			and not (select rolsuper from pg_roles where rolname = current_user))`
	var is bool
	if err := s.QueryRow(ctx, member).Scan(&is); err != nil || !is {
		return err
	}
	_, err := s.Exec(ctx, "set role bedrot_writer")
	return err
}

// sweep drops the temporary tables of exports that a crash of the server ended: nobody else does so before
// long. Whoever holds the lock knows that no other export is at work.
func (s *session) sweep(ctx context.Context) error {
	rows, err := s.Query(ctx, `
		select format('%I.%I', n.nspname, c.relname)
		from pg_class as c inner join pg_namespace as n on c.relnamespace = n.oid
		where c.relpersistence = 't' and c.relname ~ '^bedrot_stage_[0-9]+$' and c.relnamespace <> pg_my_temp_schema() and pg_get_userbyid(c.relowner) = current_user`)
	if err != nil {
		return err
	}
	left, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, name := range left {
		if err == nil {
			_, err = s.Exec(ctx, "drop table if exists "+name)
		}
	}
	return err
}

func (e *Exporter) lock(ctx context.Context, s *session) error {
	const pause = 100 * time.Millisecond
	for waited := time.Duration(0); ; waited += pause {
		var held bool
		if err := s.QueryRow(ctx, "select pg_try_advisory_lock($1)", int64(lockKey)).Scan(&held); err != nil || held {
			return err
		}
		if waited >= e.wait() {
			return &zones.Error{Code: "warehouse_locked", What: fmt.Sprintf("another export has been at work for %s", e.wait()), Where: Where(e.URL), Next: "wait for it to finish, then: bedrot export postgres"}
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
}

// wait is how long another exporter may keep this one waiting.
func (e *Exporter) wait() time.Duration {
	if e.Wait > 0 {
		return e.Wait
	}
	return 10 * time.Minute
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// close ends the session, and with it the lock and the temporary tables, also where the context is over.
func (s *session) close() {
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	_ = s.Close(ctx)
}

// migrate brings what bedrot keeps for itself up to date, and refuses a database of another lake's.
func (e *Exporter) migrate(ctx context.Context, s *session) error {
	changes, err := warehouse.Changes()
	if err != nil {
		return err
	}
	applied := 0
	var there bool
	if err := s.QueryRow(ctx, "select to_regclass('bedrot.schema_changes') is not null").Scan(&there); err != nil {
		return err
	}
	if there {
		if err := s.QueryRow(ctx, "select coalesce(max(number), 0) from bedrot.schema_changes").Scan(&applied); err != nil {
			return err
		}
		if err := e.stamped(ctx, s); err != nil {
			return err
		}
	}
	if applied > len(changes) {
		return &zones.Error{Code: "warehouse_setup", What: fmt.Sprintf("a newer bedrot has set this database up: change %d, known are %d", applied, len(changes)), Where: Where(e.URL), Next: "install the newer bedrot"}
	}
	if e.Options.DryRun {
		return nil
	}
	for _, change := range changes[applied:] {
		err := s.change(ctx, func(tx pgx.Tx) error {
			if change.Number == 1 {
				if _, err := tx.Exec(ctx, "create schema if not exists bedrot; create table if not exists bedrot.schema_changes (number integer primary key, name text not null, applied_at timestamptz not null default clock_timestamp())"); err != nil {
					return err
				}
			}
			if _, err := tx.Conn().PgConn().Exec(ctx, change.SQL).ReadAll(); err != nil {
				return err
			}
			if change.Number == 1 {
				if _, err := tx.Exec(ctx, "insert into bedrot.stamp (lake_id, environment) values ($1, $2)", e.Lake.Stamp.ID, e.Lake.Stamp.Env); err != nil {
					return err
				}
			}
			_, err := tx.Exec(ctx, "insert into bedrot.schema_changes (number, name) values ($1, $2)", change.Number, change.Name)
			return err
		})
		if err != nil {
			return fmt.Errorf("schema change %03d_%s: %w", change.Number, change.Name, err)
		}
	}
	return nil
}

// stamped compares the database's stamp with the lake.
func (e *Exporter) stamped(ctx context.Context, s *session) error {
	var lake, environment string
	err := s.QueryRow(ctx, "select lake_id, environment from bedrot.stamp").Scan(&lake, &environment)
	if errors.Is(err, pgx.ErrNoRows) {
		return &zones.Error{Code: "warehouse_stamp", What: "the database has lost its stamp: nobody can tell whose it is", Where: Where(e.URL), Next: "insert into bedrot.stamp (lake_id, environment) values ('" + e.Lake.Stamp.ID + "', '" + e.Lake.Stamp.Env + "')"}
	}
	if err != nil {
		return err
	}
	if environment != e.Lake.Stamp.Env || lake != e.Lake.Stamp.ID {
		return &zones.Error{
			Code: "warehouse_stamp", What: "the database belongs to another lake or environment", Where: Where(e.URL),
			Expected: fmt.Sprintf("lake %s of environment %q", e.Lake.Stamp.ID, e.Lake.Stamp.Env), Found: fmt.Sprintf("lake %s of environment %q", lake, environment),
			Next: "publish into a database of its own: createdb NAME, then set " + URLSetting,
		}
	}
	return nil
}

// change runs statements that change the schema in a transaction of their own. Readers wait for such a one:
// it gives up soon.
func (s *session) change(ctx context.Context, do func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, s.Conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "set local lock_timeout = '1s'; set local statement_timeout = '2s'"); err != nil {
			return err
		}
		return do(tx)
	})
}
