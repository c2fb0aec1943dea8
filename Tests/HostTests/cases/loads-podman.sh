# SPDX-License-Identifier: Apache-2.0
runtime=podman
. "$(dirname "$0")/../loads.sh"
