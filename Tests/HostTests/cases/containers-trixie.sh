# SPDX-License-Identifier: Apache-2.0
suite=trixie
. "$(dirname "$0")/../containers.sh"
