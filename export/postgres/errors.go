package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"bedrot/zones"
)

// conflict reports whether a transaction may go through when it is tried again on the same connection.
func conflict(err error) bool {
	var refused *pgconn.PgError
	if !errors.As(err, &refused) {
		return false
	}
	switch refused.Code {
	case "40001", "40P01", "55P03": // serialization, deadlock, lock_timeout
		return true
	}
	return false
}

// lost reports whether the connection, or the server, is gone.
func lost(err error) bool {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		switch {
		case strings.HasPrefix(refused.Code, "08"), strings.HasPrefix(refused.Code, "57P"), refused.Code == "53300":
			return true // connection, shutdown, too many connections
		}
		return false
	}
	var told *zones.Error
	if errors.As(err, &told) {
		return false
	}
	var connecting *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connecting) || errors.As(err, &network) || pgconn.SafeToRetry(err) || pgconn.Timeout(err) ||
		strings.Contains(err.Error(), "unexpected EOF") || strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "connection reset") ||
		strings.Contains(err.Error(), "broken pipe")
}

// again reports whether the export is worth beginning anew.
func again(ctx context.Context, err error) bool {
	return ctx.Err() == nil && (lost(err) || conflict(err))
}

// explain makes an error one that a person can act on.
func (e *Exporter) explain(ctx context.Context, err error) error {
	var told *zones.Error
	if ctx.Err() != nil || errors.As(err, &told) {
		return err
	}
	what := strings.ReplaceAll(err.Error(), "\n", " ")
	whole := func(code, next string) error {
		return &zones.Error{Code: code, What: what, Where: Where(e.URL), Next: next, Err: err}
	}
	var refused *pgconn.PgError
	if !errors.As(err, &refused) {
		if lost(err) {
			return whole("warehouse_unreachable", "see that the server runs and can be reached, then: bedrot export postgres   (the next run does it too)")
		}
		return err
	}
	if refused.Detail != "" {
		what += " (" + refused.Detail + ")"
	}
	switch code := refused.Code; {
	case code == "28P01", code == "28000":
		return whole("warehouse_login", "correct the user and password in "+URLSetting)
	case code == "3D000":
		return whole("warehouse_setup", "createdb NAME")
	case code == "42501":
		return whole("warehouse_privilege", "bedrot doctor   (says which grants are missing)")
	case code == "53100":
		return whole("warehouse_full", "free some disk on the server, then: bedrot export postgres   (nothing was published)")
	case code == "23505":
		return whole("warehouse_differs", "bedrot check   (a key is there twice)")
	case code == "2BP01", code == "0A000":
		return whole("warehouse_foreign", "somebody's own objects stand on what must change: drop them, export, and make them again")
	case conflict(err):
		return whole("warehouse_locked", "see what holds the tables (select * from pg_stat_activity), then: bedrot export postgres")
	case lost(err), code == "57014":
		return whole("warehouse_unreachable", "see that the server runs and is not overloaded, then: bedrot export postgres   (the next run does it too)")
	}
	return whole("warehouse_failed", fmt.Sprintf("SQLSTATE %s; nothing was published", refused.Code))
}
