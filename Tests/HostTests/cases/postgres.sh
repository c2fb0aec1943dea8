# SPDX-License-Identifier: Apache-2.0
# A release over the host's own PostgreSQL, as bundle-spec/examples/postgres has it: its jobs make role, database and tables at the
# first installation, an upgrade adds a column under a running release, and going back works with the data as it is.
. "$(dirname "$0")/../lib.sh"
example=$repository/bundle-spec/examples/postgres
root=${POSTGRES_ROOT:-bookworm-full}

# ledger VERSION [TABLES]: the example's release, its program replaced by the rig's server. Readiness asks the database, as the
# release's own role and with its password; `note` is what tables-2 brings.
ledger() {
    local version=$1 column=amount
    rm -rf "$author/sql" && mkdir -p "$author/bin/amd64" "$author/keys"
    cp -r "$example/sql" "$example/pg_service.conf" "$example/values.yaml" "$author/"
    cp "$load" "$author/bin/amd64/ledger"
    [ -e "$author/keys/pond.key" ] || bundle key generate -o keys/pond.key --no-password >/dev/null
    cp "$example/bundle.yaml" "$author/bundle.yaml"
    if [ "${2:-1}" = 2 ]; then
        column=note
        # The second release's job stands behind the first's, and is the same otherwise.
        awk '/^  tables-1:/ { on = 1 } /^$/ { if (on) { printf "%s", kept; on = 0 } } { print } on { line = $0; gsub("tables-1", "tables-2", line); sub("after: .provision.", "after: [tables-1]", line); kept = kept line "\n" }' \
            "$example/bundle.yaml" | sed 's/after: \[tables-1, {/after: [tables-2, {/' >"$author/bundle.yaml"
    fi
    [ "${3:-}" = broken ] && echo 'ALTER TABLE books.entry ADD COLUMN note text; SELECT broken;' >"$author/sql/tables-2.sql"
    python3 - "$author/bundle.yaml" "$version" "$column" <<'END'
import sys
path, version, column = sys.argv[1:]
text = open(path).read()
run = text.index("    run:\n      - \"{{ bin }}/ledger\"")
end = text.index("    env: { PGSERVICEFILE")
text = text[:run] + f'    run: ["{{{{ bin }}}}/ledger", serve, ledger-{version}, "{{{{ listen.http }}}}"]\n' + text[end:]
text = text.replace("health: [ { http: http, path: /ready, passes: 2 } ]",
    "health: [ { http: http, path: / }, { exec: [/bin/sh, -c, "
    + f"'PGSERVICEFILE=$CREDENTIALS_DIRECTORY/pg_service.conf exec psql -XAtwd service=ledger -c \"SELECT count({column}) FROM books.entry\"'" + "] } ]")
text = text.replace("health-timeout: 60s, bake: 60s", "health-timeout: 20s, bake: 2s").replace("drain: 30s", "drain: 1s")
open(path, "w").write(text)
END
    bundle create "v$version" --key keys/pond.key --codec zstd:3 >"$work/create.log" 2>&1 || {
        cat "$work/create.log" >&2
        die "create v$version"
    }
    mv "$author/ledger-$version-amd64.bundle" "$stick/"
}
release() { echo "/media/stick/ledger-$1-amd64.bundle"; }
in_host() { "$host" run "$h" -- sh -c "$1"; }
sql() { "$host" run "$h" -- runuser -u postgres -- psql -XAtqc "$1" "${2:-ledger}"; }
give() { in_host "install -d -m 700 /etc/ledger/secrets && umask 077 && cat >/etc/ledger/secrets/$1"; }

ledger 1.0.0
ready postgres "$root"
for _ in $(seq 100); do in_host 'pg_isready -q' && break; sleep 0.2; done
# By a pipe: the journal keeps the command line of whoever logs.
echo "CREATE ROLE deployer LOGIN CREATEDB CREATEROLE PASSWORD 'admin-Pa55'" | "$host" run "$h" -- runuser -u postgres -- psql -Xq
sql "ALTER SYSTEM SET log_statement = 'all'" postgres
sql 'SELECT pg_reload_conf()' postgres >/dev/null
printf 'admin-Pa55' | give PGPASSWORD
printf "own-p@ss 'quoted' \"x\"\n" | give db-password

# --- the first installation: role, database and tables come, once
status 0 on plan "$(release 1.0.0)"
has provision tables-1
status 0 on install "$(release 1.0.0)" --yes
[ "$(answer http://192.0.2.1:8080/)" = ledger-1.0.0 ] || die "it does not serve: $(answer http://192.0.2.1:8080/)"
[ "$(sql "SELECT rolname, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = 'ledger'")" = 'ledger|f|f' ] || die "the role"
[ "$(sql "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'ledger'")" = ledger ] || die "the database's owner"
sql 'INSERT INTO books.entry (amount) VALUES (12.50), (7)'
in_host "grep -l 'CREATE ROLE' /var/log/postgresql/*.log" >/dev/null || die "the server's log has no statements: the test proves nothing"
for secret in admin-Pa55 own-p@ss; do
    in_host "grep -rlF '$secret' /var/log /run/log /etc/systemd /opt/ledger /run/systemd/transient /var/lib/ledger 2>/dev/null" >"$work/found" || true
    [ ! -s "$work/found" ] || die "$secret is in $(cat "$work/found")"
    in_host 'journalctl --no-pager' | grep -qF "$secret" && die "$secret is in the journal"
    in_host "grep -rlF '$secret' /var/lib/bundle" | grep -v /credentials/ >"$work/found" || true
    [ ! -s "$work/found" ] || die "$secret is in $(cat "$work/found")"
done
say "the first installation made role, database and tables; no password is in a statement, a log, a unit or a record"

# --- an upgrade under load: a column more, the old release goes on beside it
"$host" client "$h" -- "$load" --workers 3 --mode both --pause 2 http://192.0.2.1:8080/ >"$work/remote" &
loading=$!
background+=("$loading")
ledger 1.1.0 2
status 0 on install "$(release 1.1.0)" --yes
[ "$(answer http://192.0.2.1:8080/)" = ledger-1.1.0 ] || die "it does not serve: $(answer http://192.0.2.1:8080/)"
[ "$(sql 'SELECT count(*), sum(amount), max(note) FROM books.entry')" = '2|19.50|' ] || die "the data: $(sql 'TABLE books.entry')"
[ "$(sql "SELECT count(*) FROM pg_stat_database WHERE datname = 'ledger'")" = 1 ] || die "databases"
status 0 on rollback ledger@1.0.0 --yes
[ "$(answer http://192.0.2.1:8080/)" = ledger-1.0.0 ] || die "the old release does not come back"
status 0 on install "$(release 1.1.0)" --yes

# --- a job that fails: the old release goes on, and what was begun in its transaction is gone
sql 'ALTER TABLE books.entry DROP COLUMN note' && ledger 1.2.0 2 broken && sed -i 's/once: tables-2/once: tables-3/' "$author/bundle.yaml"
bundle create v1.3.0 --key keys/pond.key --codec zstd:3 >/dev/null 2>&1 && mv "$author/ledger-1.3.0-amd64.bundle" "$stick/"
status 4 on install "$(release 1.3.0)" --yes
has tables-2 'column "broken" does not exist'
[ "$(answer http://192.0.2.1:8080/)" = ledger-1.1.0 ] || die "after a failed job: $(answer http://192.0.2.1:8080/)"
[ "$(sql "SELECT count(*) FROM information_schema.columns WHERE table_name = 'entry' AND column_name = 'note'")" = 0 ] ||
    die "half of a failed job stayed"
kill "$loading"
wait "$loading" || true
[ "$(jq .failed "$work/remote")" = 0 ] || { cat "$work/remote" && die "requests failed"; }
say "an upgrade, a way back and a failed migration under load: 0 of $(jq .requests "$work/remote") requests failed"

# --- the database is down: said by name before anything is done
in_host 'systemctl stop postgresql.service'
status 1 on plan "$(release 1.0.0)"
has 'postgresql.service is not active'
