package postgres

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bedrot/zones"
)

func TestConfigured(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env  string
		want string // user:password@host:port/database, "" where nothing is configured
	}{
		"nothing":                        {"", ""},
		"a user alone":                   {"PGUSER=me PGPASSWORD=x", ""},
		"ours first":                     {"BEDROT_POSTGRES=postgres://a:b@one:1/x PGHOST=two POSTGRES_HOST=three", "a:b@one:1/x"},
		"libpq":                          {"PGHOST=two PGPORT=2 PGDATABASE=y PGUSER=me PGPASSWORD=it's\\ PGSSLMODE=require POSTGRES_HOST=three", "me:it's\\@two:2/y"},
		"libpq's database alone":         {"PGDATABASE=y PGUSER=me PGHOST= PGPASSWORD=x PGPORT=5", "me:x@*:5/y"},
		"the predecessor's":              {"POSTGRES_HOST=three POSTGRES_PORT=3 POSTGRES_USER=u POSTGRES_PASSWORD=p POSTGRES_DATABASE=z", "u:p@three:3/z"},
		"the predecessor's without host": {"POSTGRES_PORT=3 POSTGRES_USER=u", ""},
	} {
		env := map[string]string{}
		for pair := range strings.FieldsSeq(c.env) {
			key, value, _ := strings.Cut(pair, "=")
			env[key] = value
		}
		url := Configured(func(name string) (string, bool) { value, ok := env[name]; return value, ok })
		if c.want == "" || url == "" {
			if url != c.want {
				t.Errorf("%s: %q, want %q", name, url, c.want)
			}
			continue
		}
		config, err := parse(url)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		login, where, _ := strings.Cut(c.want, "@")
		if got := config.User + ":" + config.Password; got != login {
			t.Errorf("%s: %q, want %q", name, got, login)
		}
		host, port, _ := strings.Cut(where, ":")
		if (host != "*" && config.Host != host) || config.Database == "" || !strings.HasSuffix(port, "/"+config.Database) {
			t.Errorf("%s: %s %s, want %s", name, config.Host, config.Database, where)
		}
		if strings.Contains(c.env, "require") && config.TLSConfig == nil {
			t.Errorf("%s: TLS is not asked for", name)
		}
		if strings.Contains(Where(url), config.Password) && len(config.Password) > 1 {
			t.Errorf("%s: %s tells the password", name, Where(url))
		}
	}
}

func TestTypes(t *testing.T) {
	t.Parallel()
	if _, err := newColumn(zones.Column{Name: "list", Type: "VARCHAR[]"}); err == nil {
		t.Error("a list has a type in PostgreSQL")
	}
	for _, c := range []struct {
		from, to string
		widens   bool
	}{
		{"numeric(9,2)", "numeric(18,6)", true},
		{"numeric(18,6)", "numeric(18,9)", false},
		{"numeric(38,12)", "numeric(38,6)", false},
		{"integer", "bigint", true},
		{"bigint", "integer", false},
		{"bigint", "numeric(24,2)", true},
		{"bigint", "numeric(18,2)", false},
		{"boolean", "text", true},
		{"text", "date", false},
		{"date", "timestamp with time zone", true},
		{"double precision", "numeric(38,12)", false},
	} {
		if got := widens(c.from, c.to); got != c.widens {
			t.Errorf("%s to %s: %v", c.from, c.to, got)
		}
	}
	for _, c := range [][3]string{{"", "", ""}, {"", "1.50", "1.50"}, {"1.5", "", "1.5"}, {"0.1", "0.25", "0.35"}, {"-1.5", "1.50", "0.00"}, {"99999999999999999999999999.999999999999", "0.000000000001", "100000000000000000000000000.000000000000"}} {
		if got, err := addDecimals(c[0], c[1]); err != nil || got != c[2] {
			t.Errorf("%s + %s = %s, want %s: %v", c[0], c[1], got, c[2], err)
		}
	}
	if _, err := addDecimals("1", "one"); err == nil {
		t.Error("one is a number")
	}
	for key, want := range map[string]string{"2025-01": "2025-01", "a%2Cb,c%25": "a,b|c%", "%C3%BC": "ü"} {
		if got, err := partValues(key); err != nil || strings.Join(got, "|") != want {
			t.Errorf("%s: %v %v", key, got, err)
		}
	}
	for _, key := range []string{"a%2", "a%", "%zz"} {
		if got, err := partValues(key); err == nil {
			t.Errorf("%s: %v", key, got)
		}
	}
}

// TestReadersDoNotWait lets somebody read a table for long, so that a column cannot be added: other readers
// wait no longer than the export tries.
func TestReadersDoNotWait(t *testing.T) {
	t.Parallel()
	url, l := server.Database(t), newTestLake(t)
	plays := newGiven("curated.plays", "n", "", "n BIGINT").with(map[string]string{"all": "values (1)"})
	l.release(url, plays)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "select * from curated.plays"); err != nil {
		t.Fatal(err)
	}
	wider := newGiven("curated.plays", "n", "", "n BIGINT", "m BIGINT").with(map[string]string{"all": "values (1, 2)"})
	version := l.publish(wider)
	done := make(chan error, 1)
	go func() {
		_, err := l.exporter(url, wider).Publish(t.Context(), version)
		done <- err
	}()
	longest, ended := time.Duration(0), false
	for !ended {
		started := time.Now()
		one(t, url, "select count(*) from curated.plays")
		longest = max(longest, time.Since(started))
		select {
		case err = <-done:
			ended = true
		case <-time.After(10 * time.Millisecond):
		}
	}
	if code(err) != "warehouse_locked" || longest > 2500*time.Millisecond || longest < 500*time.Millisecond {
		t.Errorf("readers waited up to %s: %v", longest, err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.must(l.exporter(url, wider), version)
}
