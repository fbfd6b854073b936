#!/bin/sh
# Makes the secrets of docker-compose.yml in the folder secrets/. What is there already stays: without vault-keys the vault is lost.
set -eu
cd "$(dirname "$0")/.."
umask 077
mkdir -p secrets
cd secrets

# Letters and digits: they go into connection strings.
random() { openssl rand -hex 24; }
make() { [ -s "$1" ] || printf '%s\n' "$2" >"$1"; }
value() { head -n 1 "$1"; }

make vault-keys "first $(openssl rand -base64 32)"
make admin-token "$(random)"
make sender-accounts "[]"
make mongodb-root-password "$(random)"
make mongodb-password "$(random)"
make mongodb-members-key "$(openssl rand -hex 32)"
make redis-password "$(random)"
make feed-cache-password "$(random)"
make mongodb-url "mongodb://tidings:$(value mongodb-password)@mongodb-1,mongodb-2,mongodb-3/tidings?replicaSet=rs0&authSource=admin"
make redis-url "redis://:$(value redis-password)@redis:6379"
make feed-cache-redis-url "redis://:$(value feed-cache-password)@feed-cache:6379"
make grafana-password "$(random)"

# Nobody else comes into the folder. The files themselves are readable, because the users in the containers are others than this one.
chmod 644 ./*
echo "The secrets are in $(pwd). Keep a copy of vault-keys where no backup of MongoDB is."
