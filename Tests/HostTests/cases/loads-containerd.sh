# SPDX-License-Identifier: Apache-2.0
runtime=containerd
. "$(dirname "$0")/../loads.sh"
