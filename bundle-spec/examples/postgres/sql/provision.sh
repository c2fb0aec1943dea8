#!/bin/sh
# provision.sh ROLE DATABASE: the role, its password and its database; may run any number of times.
#
# The password goes to psql by a pipe, and psql's \password sends the server a hash of it (SCRAM): it is in no argument, no
# statement, and so in no log of the server.
set -eu
password=$(cat "$CREDENTIALS_DIRECTORY/db-password")
printf '%s\n%s\n' "$password" "$password" |
    psql -X -q -w -v ON_ERROR_STOP=1 -v role="$1" -v database="$2" -f "$(dirname "$0")/provision.sql"
