#!/usr/bin/env bash
# Runs a command in a network of its own, as root, in which packets to 10.9.0.2 come back to 10.9.0.1 late, and some never do (see lossy.py):
#   bin/lib/lossy.sh COMMAND...
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if [ -z "${GEVENT4J_LOSSY:-}" ]; then
  GEVENT4J_LOSSY=10.9.0.2 exec unshare --net -- "${BASH_SOURCE[0]}" "$@"
fi
ip link set lo up
ip tuntap add dev lossy mode tun
ip address add 10.9.0.1/24 dev lossy
ip link set lossy up
python3 "$here/lossy.py" lossy &
trap 'kill $!' EXIT
"$@"
