# SPDX-License-Identifier: Apache-2.0
suite=bookworm runtime=containerd
. "$(dirname "$0")/../containers.sh"
