-- What bedrot keeps for itself: whose database this is, what was published when, and the state that the
-- next release is compared with.
create schema if not exists curated;
create schema if not exists dimensions;
create schema if not exists dashboards;

comment on schema curated is 'Tables of the lake, one release at a time; written by bedrot only.';
comment on schema dimensions is 'What the tables of curated refer to: every artist, recording, platform, account and day in them.';
comment on schema dashboards is 'Views for dashboards; they select, join, filter and form ratios of sums.';
comment on schema bedrot is 'What bedrot keeps for itself: releases and the state they are compared with.';

create table bedrot.stamp (
    only_one boolean primary key default true check (only_one),
    lake_id text not null,
    environment text not null,
    stamped_at timestamptz not null default clock_timestamp()
);
comment on table bedrot.stamp is 'Which lake publishes here, and of which environment; no other may.';

create table bedrot.releases (
    release_id text primary key,
    number bigint not null generated always as identity unique,
    lake_version text not null,
    run_date date,
    environment text not null,
    versions jsonb not null,
    manifest_hash text not null,
    row_counts jsonb not null,
    money jsonb not null,
    changes jsonb not null,
    data_as_of jsonb not null,
    started_at timestamptz not null,
    published_at timestamptz not null default clock_timestamp(),
    duration_ms bigint not null
);
comment on table bedrot.releases is 'One row per release: all tables changed in its transaction, or none.';
comment on column bedrot.releases.release_id is 'Made before the transaction, so that a COMMIT whose answer was lost can be looked up.';
comment on column bedrot.releases.number is 'Releases in order; a failed one leaves a gap.';
comment on column bedrot.releases.lake_version is 'The run that made the published version of the lake.';
comment on column bedrot.releases.run_date is 'The date that scripts saw as the run''s.';
comment on column bedrot.releases.environment is 'The lake''s environment; empty where it has none.';
comment on column bedrot.releases.versions is 'Of bedrot, DuckDB and PostgreSQL.';
comment on column bedrot.releases.manifest_hash is 'Of the contents of all tables: equal hashes, equal rows.';
comment on column bedrot.releases.row_counts is 'Rows by table.';
comment on column bedrot.releases.money is 'Sums of money by table and column, as text with every digit.';
comment on column bedrot.releases.changes is 'Rows inserted, updated and deleted by table, and columns added; only tables that changed.';
comment on column bedrot.releases.data_as_of is 'The newest day that each source''s data is about.';
comment on column bedrot.releases.started_at is 'When the exporter began.';
comment on column bedrot.releases.published_at is 'Shortly before the COMMIT.';
comment on column bedrot.releases.duration_ms is 'From the exporter''s begin to published_at.';

create table bedrot.tables (
    table_name text primary key,
    shape text not null,
    row_count bigint not null
);
comment on table bedrot.tables is 'The tables that bedrot made, and the shape they were last published in.';

create table bedrot.columns (
    table_name text not null references bedrot.tables on delete cascade,
    column_name text not null,
    primary key (table_name, column_name)
);
comment on table bedrot.columns is 'The columns that bedrot made; others belong to whoever added them.';

create table bedrot.parts (
    table_name text not null,
    part text not null,
    fingerprint text not null,
    row_count bigint not null,
    money jsonb not null,
    primary key (table_name, part)
);
comment on table bedrot.parts is 'The partitions last published: one whose fingerprint is the same is not touched again.';

create table bedrot.views (
    view_name text primary key,
    made_of text not null
);
comment on table bedrot.views is 'The views that bedrot made, and a hash of what each is made of.';

create view bedrot.current_release as
select release_id, number, lake_version, environment, data_as_of, published_at
from bedrot.releases
order by number desc
limit 1;
comment on view bedrot.current_release is 'The release that all tables show.';

create table dimensions.artists (artist text primary key);
comment on table dimensions.artists is 'Every artist that a table of curated names; what is known of them is in curated.artists.';
create table dimensions.tracks (isrc text primary key);
comment on table dimensions.tracks is 'Every recording that a table of curated names; what is known of them is in curated.tracks.';
create table dimensions.platforms (platform text primary key);
comment on table dimensions.platforms is 'Every platform that a table of curated names.';
create table dimensions.accounts (
    source text not null,
    account text not null,
    primary key (source, account)
);
comment on table dimensions.accounts is 'Every login at a source that a table of curated names.';
create table dimensions.dates (
    date date primary key,
    year integer not null generated always as (extract(year from date)::integer) stored,
    quarter integer not null generated always as (extract(quarter from date)::integer) stored,
    month text not null generated always as (
        lpad(extract(year from date)::integer::text, 4, '0') || '-' || lpad(extract(month from date)::integer::text, 2, '0')
    ) stored,
    iso_weekday integer not null generated always as (extract(isodow from date)::integer) stored
);
comment on table dimensions.dates is 'Every day that a table of curated names.';
