# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Real certificates for host tests. `days` may be negative: an end before today.
#
# certificate NAME DAYS-FROM-TODAY NAMES: $work/certs/NAME.crt and .key; NAMES as in subjectAltName=.
certs=$work/certs
mkdir -p "$certs/ca"
certificate() {
    local name=$1 days=$2 names=$3 end
    end=$(date -u -d "$days days" +%Y%m%d%H%M%SZ)
    [ -e "$certs/$name.key" ] || openssl genpkey -algorithm "${KIND:-ed25519}" -out "$certs/$name.key" 2>/dev/null
    : >"$certs/ca/index.txt"
    cat >"$certs/ca.cnf" <<END
[ca]
default_ca = own
[own]
database = $certs/ca/index.txt
new_certs_dir = $certs/ca
serial = $certs/ca/serial
default_md = default
policy = any
x509_extensions = names
unique_subject = no
[any]
commonName = supplied
[names]
subjectAltName = $names
END
    openssl req -new -key "$certs/$name.key" -subj "/CN=$name" -out "$certs/$name.csr" 2>/dev/null
    openssl ca -batch -config "$certs/ca.cnf" -selfsign -keyfile "$certs/$name.key" -in "$certs/$name.csr" -rand_serial \
        -notext -startdate 20240101000000Z -enddate "$end" -out "$certs/$name.crt" >"$certs/log" 2>&1 || {
        cat "$certs/log" >&2
        die "no certificate $name"
    }
}
