#!/bin/sh
# First start of the database: a login that owns its database and may make the roles that the
# migrations need, and that is not a superuser.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres --quiet \
  --set password="$(cat /run/secrets/database_password)" <<'SQL'
CREATE ROLE entaku LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE entaku OWNER entaku TEMPLATE template0 ENCODING 'UTF8';
SQL
