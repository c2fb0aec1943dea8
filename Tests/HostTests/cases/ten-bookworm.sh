# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
upgrades=1 # `make ten` has ten
suite=bookworm
. "$(dirname "$0")/../ten/ten.sh"
