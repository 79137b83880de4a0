-- The watch on near-duplicates: keys that are equal after case, spacing and Unicode folding.
create table bedrot.duplicate_rules (
    table_name text primary key,
    severity text not null check (severity in ('INFO', 'WARNING', 'ERROR'))
);
comment on table bedrot.duplicate_rules is 'Which tables are watched, from the next export on, and what a near-duplicate is there: ERROR refuses the row.';
insert into bedrot.duplicate_rules (table_name, severity) values
('curated.artists', 'WARNING'),
('curated.tracks', 'WARNING'),
('curated.profiles', 'INFO');

create table bedrot.duplicates (
    table_name text not null,
    key jsonb not null,
    like_key jsonb not null,
    severity text not null,
    is_refused boolean not null,
    first_seen_at timestamptz not null default clock_timestamp(),
    last_seen_at timestamptz not null default clock_timestamp(),
    written_by text not null default session_user,
    seen_in xid8 not null default pg_current_xact_id(),
    primary key (table_name, key, like_key)
);
comment on table bedrot.duplicates is 'One row per key that was written beside one like it.';
comment on column bedrot.duplicates.key is 'The key that was to be written.';
comment on column bedrot.duplicates.like_key is 'The key that was there.';
comment on column bedrot.duplicates.severity is 'By the rule at that time.';
comment on column bedrot.duplicates.is_refused is 'The row was not written.';
comment on column bedrot.duplicates.written_by is 'Login that wrote it first.';
comment on column bedrot.duplicates.seen_in is 'Transaction that wrote it last.';

-- The collation of all languages knows more of case than the database's own may; not every server has it.
do $make$
declare
    collation_name text := '"default"';
begin
    if exists (select 1 from pg_catalog.pg_collation where collname = 'und-x-icu') then
        collation_name := 'pg_catalog."und-x-icu"';
    end if;
    execute pg_catalog.format(
        $function$
        create function bedrot.fold(written text) returns text
        language sql immutable strict parallel safe
        set search_path = pg_catalog
        as $body$
            select lower(upper(btrim(regexp_replace(
                regexp_replace(normalize(written, NFKD), '[' || chr(768) || '-' || chr(879) || ']', '', 'g'), '\s+', ' ', 'g'
            )) collate %s) collate %s)
        $body$
        $function$,
        collation_name, collation_name
    );
end
$make$;
comment on function bedrot.fold is 'A text without case, accents and spacing: what two spellings of one name have in common.';

create function bedrot.watch_duplicate() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $body$
declare
    name text := tg_table_schema || '.' || tg_table_name;
    texts text[] := tg_argv[0]::text[];
    others text[] := tg_argv[1]::text[];
    written jsonb := to_jsonb(new);
    severity text;
    alike text := '';
    columns text;
    there jsonb;
    key jsonb;
begin
    select rules.severity into severity from bedrot.duplicate_rules as rules where rules.table_name = name;
    if severity is null then
        return new;
    end if;
    select
        string_agg(
            case
                when written -> c = 'null' then format('t.%I is null', c)
                when c = any(texts) then format('bedrot.fold(t.%I) = bedrot.fold(($1).%I)', c, c)
                else format('t.%I = ($1).%I', c, c)
            end,
            ' and '
        ),
        string_agg(format('t.%I', c), ', '),
        jsonb_object_agg(c, written -> c)
    into alike, columns, key
    from unnest(texts || others) as c;
    execute format(
        'select to_jsonb(t) from %I.%I as t where %s and (%s) is distinct from (%s)%s limit 1',
        tg_table_schema, tg_table_name, alike, columns, replace(columns, 't.', '($1).'),
        case tg_op when 'UPDATE' then format(' and (%s) is distinct from (%s)', columns, replace(columns, 't.', '($2).')) else '' end
    ) into there using new, case tg_op when 'UPDATE' then old end;
    if there is null then
        return new;
    end if;
    select jsonb_object_agg(c, there -> c) into there from unnest(texts || others) as c;
    insert into bedrot.duplicates as d (table_name, key, like_key, severity, is_refused)
    values (name, key, there, severity, severity = 'ERROR')
    on conflict on constraint duplicates_pkey do update
    set severity = excluded.severity, is_refused = excluded.is_refused, last_seen_at = excluded.last_seen_at, seen_in = excluded.seen_in;
    if severity = 'ERROR' then
        raise warning 'row refused: % in % is like %', key, name, there
            using hint = 'bedrot.duplicate_rules says so';
        return null;
    end if;
    return new;
end
$body$;
comment on function bedrot.watch_duplicate is 'Trigger: records keys that are like one that is there, and refuses the row where the rule says ERROR.';
