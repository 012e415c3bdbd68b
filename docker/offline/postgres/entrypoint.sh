#!/bin/bash
# Makes the cluster at the first start, as the official image does, then becomes the server.
set -euo pipefail

setting() { # NAME DEFAULT: the variable, or the content of the file that NAME_FILE names
    local name=$1 file_name=$1_FILE
    if [ -n "${!file_name:-}" ]; then cat "${!file_name}"; else printf '%s' "${!name:-$2}"; fi
}

make_cluster() {
    local user password database
    user=$(setting POSTGRES_USER postgres)
    password=$(setting POSTGRES_PASSWORD '')
    database=$(setting POSTGRES_DB "$user")
    if [ -z "$password" ]; then
        echo 'POSTGRES_PASSWORD is empty: a server that anybody may enter is not made' >&2
        exit 1
    fi
    # shellcheck disable=SC2086 # several arguments by design
    initdb --username="$user" --pwfile=<(printf '%s\n' "$password") --auth-local=trust --auth-host=scram-sha-256 \
        --encoding=UTF8 --locale=C.UTF-8 ${POSTGRES_INITDB_ARGS:-}
    printf 'host all all all scram-sha-256\n' >> "$PGDATA/pg_hba.conf"
    printf "listen_addresses = '*'\n" >> "$PGDATA/postgresql.conf"
    fill_cluster "$user" "$database"
}

fill_cluster() { # USER DATABASE: over the socket only, so that nobody meets a half-made database
    local script
    pg_ctl --silent -D "$PGDATA" -o "-c listen_addresses=''" -w start
    if [ "$2" != postgres ]; then
        psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$1" -d postgres -v name="$2" <<< 'CREATE DATABASE :"name"'
    fi
    for script in /docker-entrypoint-initdb.d/*; do
        case "$script" in
            *.sh) (. "$script") ;;
            *.sql) psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$1" -d "$2" -f "$script" ;;
        esac
    done
    pg_ctl --silent -D "$PGDATA" -m fast -w stop
}

case "${1:-}" in -*) set -- postgres "$@" ;; esac
if [ "${1:-}" = postgres ]; then
    mkdir -p "$PGDATA"
    chmod 0700 "$PGDATA"
    [ -s "$PGDATA/PG_VERSION" ] || make_cluster
    unset POSTGRES_PASSWORD
fi
exec "$@"
