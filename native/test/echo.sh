#!/bin/sh
# echo.sh CLIENT SERVER: every message comes back as it was sent, at a rate and as fast as can be, small ones and such as
# no socket takes at once.
set -eu
client=$1
server=$2
directory=$(mktemp -d)
"$server" >"$directory/port" &
process=$!
trap 'kill $process; rm -r "$directory"' EXIT
until [ -s "$directory/port" ]; do
  kill -0 $process
  sleep 0.01
done
port=$(cat "$directory/port")

# echo_all OPTION...: also counts what the client says is missing.
echo_all() {
  "$client" -p "$port" -P $process -c 8 -w 0 -d 0.2 "$@" >"$directory/out"
  if ! grep -qx 'unanswered 0' "$directory/out" || ! grep -q '^latency' "$directory/out"; then
    grep -v '^la' "$directory/out"
    exit 1
  fi
}

echo_all -r 1000
echo_all -r 0
echo_all -r 0 -s 16000000 -b 65536 -c 1 -d 2
