-- Which artists a partner may see. It is in force once roles.sql has made the role bedrot_partner.
create table bedrot.partner_artists (
    role_name text not null,
    artist text not null,
    primary key (role_name, artist)
);
comment on table bedrot.partner_artists is 'Which artists the logins of partners, who are in the role bedrot_partner, may see.';
alter table bedrot.partner_artists enable row level security;
create policy own on bedrot.partner_artists for select using (role_name = current_user);
