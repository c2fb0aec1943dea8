# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
suite=bookworm
. "$(dirname "$0")/../ten/ten.sh"
