# SPDX-License-Identifier: Apache-2.0
suite=trixie runtime=docker
. "$(dirname "$0")/../containers.sh"
