#!/bin/sh
# First start of the database: a login that owns its database and may make the roles that the
# migrations need, and one that serves and gets its roles from the migrations. No superuser.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres --quiet \
  --set owner="$(cat /run/secrets/migrate_password)" \
  --set node="$(cat /run/secrets/node_password)" <<'SQL'
CREATE ROLE entaku LOGIN CREATEROLE PASSWORD :'owner';
CREATE ROLE entaku_node LOGIN PASSWORD :'node';
CREATE DATABASE entaku OWNER entaku TEMPLATE template0 ENCODING 'UTF8';
SQL
