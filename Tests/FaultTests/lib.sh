# SPDX-License-Identifier: Apache-2.0
# What the kinds of faults have in common. `wanted` chooses among a kind's faults, `row` keeps what came of one, `fold` puts the
# new rows in the places of the old ones.
tried=$here/tried
work=${FAULT_WORK:-$PWD/.build/faults}
commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
mkdir -p "$tried" "$work"

# wanted KIND: of the faults on standard input (`verb<TAB>fault` a line) those without a row; with AGAIN=1, behind them those
# of other commits, the oldest first. Among equals the commit decides: each one tries others first.
wanted() {
    touch "$tried/$1.tsv"
    git log --format=%h >"$work/commits" 2>/dev/null
    shuf --random-source=<(yes "$commit") | awk -F '\t' -v again="${AGAIN:-}" -v commit="$commit" '
        FILENAME == ARGV[1] { age[$1] = FNR; next }
        FILENAME == ARGV[2] { of[$1 FS $2] = $4; next }
        !(($1 FS $2) in of) { print "0\t" $0; next }
        again && of[$1 FS $2] != commit { was = of[$1 FS $2]; print (was in age ? 1000000 - age[was] : 1) "\t" $0 }' \
        "$work/commits" "$tried/$1.tsv" - | sort -s -n -k 1,1 | cut -f 2-
}

# row KIND VERB FAULT OUTCOME [WORDS]
row() {
    printf '%s\t%s\t%s\t%s\n' "$2" "$3" "$4" "$commit" >>"$work/new.$1.tsv"
    case $4 in
    mixed | person) printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4: ${5:-}" | tee -a "$work/said" | head -c 1000 >&2 ;;
    esac
}

# fold KIND: fails when one of the new rows is mixed or needed a person.
fold() {
    local new=$work/new.$1.tsv file=$tried/$1.tsv status=0
    [ -s "$new" ] || { echo "$1: nothing was tried"; return 0; }
    awk -F '\t' '{ at[$1 FS $2] = $0 } END { for (key in at) print at[key] }' "$file" "$new" | LC_ALL=C sort >"$file.new"
    mv "$file.new" "$file"
    echo "$1: $(wc -l <"$new") tried: $(cut -f 3 "$new" | sort | uniq -c | awk '{ printf "%s%s %s", sep, $2, $1; sep = ", " }')"
    grep -qP '\t(mixed|person)\t' "$new" && status=1
    rm -f "$new"
    return $status
}
