// SPDX-License-Identifier: Apache-2.0

/// `install/bootstrap.sh`, which a test holds this to: the program that is on a medium must not look for it elsewhere.
enum BootstrapScript {
    static let text = #"""
        #!/bin/sh
        # SPDX-License-Identifier: Apache-2.0
        # Puts `bundle` on a host that has no package manager of ours: run it as root from the medium that carries it.
        #   sh bootstrap.sh [SHA256]     SHA256: what the program's sum must be, from a channel that is not this medium
        set -eu
        here=$(cd "$(dirname "$0")" && pwd)
        program=$here/bundle
        [ -f "$program" ] || { echo "bootstrap: error: no program at $program" >&2; exit 1; }
        [ "$(id -u)" -eq 0 ] || { echo "bootstrap: error: not root" >&2; exit 1; }
        mkdir -p /usr/lib/bundle
        # What is proven is what is used: the copy is hashed, not the medium.
        copy=/usr/lib/bundle/.bundle.new
        trap 'rm -f "$copy"' EXIT
        cp "$program" "$copy"
        sum=$(sha256sum "$copy" | cut -c 1-64)
        if [ $# -ge 1 ] && [ "$1" != "$sum" ]; then
            echo "bootstrap: error: the program's SHA-256 is $sum, not $1" >&2
            exit 3
        fi
        chmod 755 "$copy"
        sync "$copy" 2>/dev/null || sync
        mv "$copy" /usr/lib/bundle/bundle
        if [ ! -e /usr/bin/bundle ] && [ ! -L /usr/bin/bundle ]; then ln -s ../lib/bundle/bundle /usr/bin/bundle; fi
        echo "bootstrap: installed bundle $(/usr/lib/bundle/bundle --version)"
        [ $# -ge 1 ] || echo "bootstrap: its SHA-256 is $sum: compare it with what you were told"

        """#
}
