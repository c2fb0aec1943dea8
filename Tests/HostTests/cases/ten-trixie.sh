# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
upgrades=2 # `make ten` has ten
suite=trixie
. "$(dirname "$0")/../ten/ten.sh"
