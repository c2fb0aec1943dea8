# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
upgrades=${UPGRADES:-3}
suite=trixie
. "$(dirname "$0")/../ten/ten.sh"
