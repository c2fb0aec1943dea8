# SPDX-License-Identifier: Apache-2.0
runtime=docker
. "$(dirname "$0")/../loads.sh"
