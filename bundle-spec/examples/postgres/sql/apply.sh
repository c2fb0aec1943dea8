#!/bin/sh
# apply.sh FILE: runs it in one transaction, as the release's own role: all of it or nothing.
set -eu
PGPASSWORD=$(cat "$CREDENTIALS_DIRECTORY/db-password")
export PGPASSWORD
exec psql -X -q -w -1 -v ON_ERROR_STOP=1 -f "$1"
