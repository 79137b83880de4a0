package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"bedrot/sql/query"
	"bedrot/zones"
)

// missing finds what the login lacks for a release, before a night does: each row is a statement that
// helps, to be run by whoever may.
const missing = `
	with wanted(schema_name) as (values ('bedrot'), ('curated'), ('dimensions'), ('dashboards'))
	select format('grant create on database %I to %I   (or: bedrot export --roles | psql)', current_database(), current_user)
	where exists (select 1 from wanted where to_regnamespace(schema_name) is null) and not has_database_privilege(current_database(), 'create')
	union all
	select format('grant temporary on database %I to %I', current_database(), current_user)
	where not has_database_privilege(current_database(), 'temporary')
	union all
	select format('alter schema %I owner to %I', schema_name, current_user)
	from wanted
	where to_regnamespace(schema_name) is not null and not (has_schema_privilege(schema_name, 'usage') and has_schema_privilege(schema_name, 'create'))
	union all
	select format('alter table %I.%I owner to %I', n.nspname, c.relname, current_user)
	from pg_class as c inner join pg_namespace as n on c.relnamespace = n.oid
	where c.relkind in ('r', 'v') and not pg_has_role(c.relowner, 'usage') and (n.nspname in ('bedrot', 'dimensions') or n.nspname || '.' || c.relname = any($1))
	order by 1`

// Examine looks at the database as a night would need it, and changes nothing.
func (e *Exporter) Examine(ctx context.Context) []query.Finding {
	const what = "PostgreSQL"
	ctx, stop := context.WithTimeout(ctx, 2*connectTimeout)
	defer stop()
	failed := func(err error) []query.Finding {
		told := zones.AsError(context.WithoutCancel(ctx), e.explain(context.WithoutCancel(ctx), err))
		return []query.Finding{{What: what, State: "fail", Found: told.Error(), Next: told.Next}}
	}
	s, err := e.open(ctx)
	if err != nil {
		return failed(err)
	}
	defer s.close()
	names := make([]string, len(e.Tables))
	for i, table := range e.Tables {
		names[i] = table.Name
	}
	rows, err := s.Query(ctx, missing, names)
	if err != nil {
		return failed(err)
	}
	lacks, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return failed(err)
	}
	if len(lacks) > 0 {
		found := fmt.Sprintf("%s: the login lacks %d rights that a release needs", Where(e.URL), len(lacks))
		return []query.Finding{{What: what, State: "fail", Found: found, Next: strings.Join(lacks, "; ")}}
	}
	dry := *e
	dry.Options.DryRun = true
	if err := dry.migrate(ctx, s); err != nil {
		return failed(err)
	}
	return []query.Finding{{What: what, State: "ok", Found: fmt.Sprintf("%s (%s) can be published into", Where(e.URL), s.server)}}
}
