-- Roles of the warehouse. Whoever administers the server runs this once in the database, and again whenever
-- bedrot says so: bedrot export --roles | psql DATABASE. It may be repeated.
--
--   bedrot_writer   owns what bedrot makes, in four schemas of its own, and may do nothing else
--   bedrot_reader   reads all tables and views: dashboards
--   bedrot_partner  reads, of tables and views that tell artists apart, the artists in bedrot.partner_artists
--
-- Logins are given a role:  create role nightly login password '…' in role bedrot_writer;
--                           create role grafana login password '…' in role bedrot_reader;
--                           create role somebody login password '…' in role bedrot_partner;
--                           insert into bedrot.partner_artists values ('somebody', 'ARTIST');
do $$
declare
    name text;
begin
    foreach name in array array['bedrot_writer', 'bedrot_reader', 'bedrot_partner'] loop
        if not exists (select 1 from pg_roles where rolname = name) then
            execute format('create role %I nologin', name);
        end if;
        execute format('grant connect on database %I to %I', current_database(), name);
    end loop;
    execute format('grant temporary on database %I to bedrot_writer', current_database());
    foreach name in array array['bedrot', 'curated', 'dimensions', 'dashboards'] loop
        execute format('create schema if not exists %I', name);
        execute format('alter schema %I owner to bedrot_writer', name);
        execute format('grant usage on schema %I to bedrot_reader, bedrot_partner', name);
    end loop;
    foreach name in array array['curated', 'dimensions', 'dashboards'] loop
        execute format('alter default privileges for role bedrot_writer in schema %I grant select on tables to bedrot_reader', name);
    end loop;
end
$$;

-- What bedrot made before there were roles is the writer's from now on; what others made stays theirs.
do $$
declare
    statements text[];
    statement text;
begin
    if to_regclass('bedrot.tables') is null then
        return;
    end if;
    with made as (
        select n.nspname, c.relname, case c.relkind when 'v' then 'view' else 'table' end as kind
        from pg_class as c inner join pg_namespace as n on c.relnamespace = n.oid
        where c.relkind in ('r', 'v') and (
            n.nspname in ('bedrot', 'dimensions')
            or n.nspname = 'curated' and n.nspname || '.' || c.relname in (select table_name from bedrot.tables)
            or n.nspname = 'dashboards' and c.relname in (select view_name from bedrot.views)
        )
    ),

    changes as (
        select format('alter %s %I.%I owner to bedrot_writer', kind, nspname, relname) as change from made
        union all
        select format('grant select on %I.%I to bedrot_reader', nspname, relname) from made
        where nspname <> 'bedrot' or relname in ('releases', 'current_release', 'duplicates')
        union all
        select format('alter function %s owner to bedrot_writer', oid::regprocedure) from pg_proc
        where pronamespace = 'bedrot'::regnamespace
    )

    select array_agg(change) into statements from changes;
    foreach statement in array statements loop
        execute statement;
    end loop;
end
$$;
