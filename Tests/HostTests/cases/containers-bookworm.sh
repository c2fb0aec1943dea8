# SPDX-License-Identifier: Apache-2.0
suite=bookworm
. "$(dirname "$0")/../containers.sh"
