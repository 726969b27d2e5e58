#!/bin/sh
# Writes deploy/secrets/ for docker-compose.yml: passwords, addresses with them, and a self-signed
# certificate to try things out with. Never writes over what is there.
set -eu
umask 077
host=${1:?usage: deploy/secrets.sh HOST.NAME}
cd "$(dirname "$0")"
if [ -e secrets ]; then
  echo "deploy/secrets は既にあります。消してからやり直してください。 / deploy/secrets exists already." >&2
  exit 1
fi
mkdir secrets
cd secrets

password() { od -An -vtx1 -N32 /dev/urandom | tr -d ' \n'; }

password >postgres_password
password >migrate_password
password >node_password
redis=$(password)
printf 'postgresql://entaku:%s@postgres/entaku' "$(cat migrate_password)" >migrate_url
printf 'postgresql://entaku_node:%s@postgres/entaku' "$(cat node_password)" >database_url
printf 'redis://:%s@redis/0' "$redis" >redis_url
printf 'requirepass %s\nsave ""\nappendonly no\nmaxmemory 64mb\nmaxmemory-policy noeviction\n' "$redis" >redis.conf
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
  -subj "/CN=$host" -addext "subjectAltName=DNS:$host" -keyout tls.key -out tls.crt 2>/dev/null
# The containers' users read these files; on this machine the folder keeps others out.
chmod 0444 ./*
