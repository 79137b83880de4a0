package postgres

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"bedrot/zones"
)

// The settings that name a database, and a URL to call after a release. They hold secrets: they come from
// the environment or .env, never from lake.toml.
const (
	URLSetting  = "BEDROT_POSTGRES"
	HookSetting = "BEDROT_POSTGRES_HOOK"
)

// libpq are the variables of every PostgreSQL program, and what they are called in a connection string.
var libpq = [][2]string{
	{"PGHOST", "host"},
	{"PGPORT", "port"},
	{"PGDATABASE", "dbname"},
	{"PGUSER", "user"},
	{"PGPASSWORD", "password"},
	{"PGPASSFILE", "passfile"},
	{"PGSERVICE", "service"},
	{"PGSERVICEFILE", "servicefile"},
	{"PGSSLMODE", "sslmode"},
	{"PGSSLROOTCERT", "sslrootcert"},
	{"PGSSLCERT", "sslcert"},
	{"PGSSLKEY", "sslkey"},
	{"PGSSLSNI", "sslsni"},
	{"PGCONNECT_TIMEOUT", "connect_timeout"},
	{"PGTARGETSESSIONATTRS", "target_session_attrs"},
}

// predecessor are the variables that the dashboards before this program were configured with.
var predecessor = [][2]string{
	{"POSTGRES_HOST", "host"},
	{"POSTGRES_PORT", "port"},
	{"POSTGRES_DATABASE", "dbname"},
	{"POSTGRES_DB", "dbname"},
	{"POSTGRES_USER", "user"},
	{"POSTGRES_PASSWORD", "password"},
}

// Configured is the connection string that the environment names: BEDROT_POSTGRES, else libpq's variables
// where a host, database or service is among them, else the predecessor's; "" where there is none.
func Configured(lookup func(name string) (string, bool)) string {
	if url, ok := lookup(URLSetting); ok && url != "" {
		return url
	}
	for _, family := range []struct {
		names [][2]string
		says  []string // one of them must be set for the others to mean anything
	}{{libpq, []string{"host", "dbname", "service"}}, {predecessor, []string{"host"}}} {
		found := map[string]string{}
		for _, pair := range family.names {
			if value, ok := lookup(pair[0]); ok && value != "" {
				found[pair[1]] = cmp.Or(found[pair[1]], value)
			}
		}
		for _, name := range family.says {
			if found[name] != "" {
				return connString(family.names, found)
			}
		}
	}
	return ""
}

func connString(names [][2]string, found map[string]string) string {
	var words []string
	for _, pair := range names {
		if value, ok := found[pair[1]]; ok {
			value = strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value)
			words = append(words, pair[1]+"='"+value+"'")
			delete(found, pair[1])
		}
	}
	return strings.Join(words, " ")
}

// parse reads a connection string. Every session of ours is told the same, so that nothing depends on how
// the server is set up.
func parse(url string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, &zones.Error{
			Code: "config", What: "the PostgreSQL connection is not set up right: " + strings.ReplaceAll(err.Error(), "\n", " "),
			Where: URLSetting, Next: "set " + URLSetting + " like postgres://user:password@host:5432/database?sslmode=verify-full", Err: err,
		}
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "bedrot"
	}
	for name, value := range map[string]string{
		"timezone": "UTC", "datestyle": "ISO", "client_encoding": "UTF8", "search_path": "pg_catalog", "standard_conforming_strings": "on",
		"lock_timeout": "2s", "statement_timeout": "30min", "idle_in_transaction_session_timeout": "2min", "client_min_messages": "warning",
	} {
		config.RuntimeParams[name] = value
	}
	return config, nil
}

// Where names a connection's database without its secrets.
func Where(url string) string {
	config, err := parse(url)
	if err != nil {
		return "PostgreSQL"
	}
	if strings.HasPrefix(config.Host, "/") {
		return config.Database + " on this machine"
	}
	return fmt.Sprintf("%s on %s:%d", config.Database, config.Host, config.Port)
}
