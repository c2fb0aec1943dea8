# SPDX-License-Identifier: Apache-2.0
suite=bookworm runtime=docker
. "$(dirname "$0")/../containers.sh"
