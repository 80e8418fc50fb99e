#!/usr/bin/env bash
# Who may know whom. A room is a name up to its first dot or underscore (loop_libev.c belongs to loop); each may include
# its own headers and those of the rooms behind its arrow, and nothing else of ours.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

c_arrows='
asm      ->
queue    ->
spin     ->
clock    ->
guess    ->
slab     ->
swap     -> asm
baton    ->
lend     -> swap baton queue gevent4j
pool     -> lend gevent4j
greenlet -> slab pool lend ready queue gevent4j
pollable -> clock gevent4j
pollset  -> pollable clock gevent4j
wake     -> pollable
ready    -> queue
timer    -> gevent4j
signals  -> gevent4j
status   -> gevent4j
loop     -> queue gevent4j
watcher  -> clock fdtable ready queue timer signals wake pollable loop gevent4j
hub      -> clock watcher ready queue wake loop greenlet gevent4j
net      -> clock guess slab hub watcher greenlet gevent4j
permit   -> clock spin hub gevent4j
hosts    ->
resolver -> hosts gevent4j
pin      -> gevent4j
fdtable  -> guess spin
interpose -> resolver clock permit spin hub watcher greenlet fdtable pollset gevent4j
jvm      -> greenlet gevent4j
threads  -> interpose permit hub gevent4j
api      -> threads interpose pin resolver net hub watcher greenlet pool lend jvm loop pollset signals status gevent4j
cxx      ->
'
# Headers of others, and the files that meet them.
foreign='
ev.h       loop_libev.c
uv.h       loop_libuv.c
ares.h     resolver_ares.c
jni.h      jvm.c threads_jvm.c threads_park_jvm.c threads_relief_jvm.c threads_report_jvm.c
jvmti.h    jvm.c threads_jvm.c threads_park_jvm.c threads_relief_jvm.c
'
# Packages under io.gevent4j; "." is io.gevent4j itself.
java_arrows='
binding  ->
greenlet -> binding
loop     -> binding
waiting  -> greenlet
.        -> local waiting loop greenlet binding
event    -> . waiting greenlet
lock     -> event . waiting greenlet
local    -> greenlet
queue    -> event . waiting greenlet
pool     -> lock event . waiting greenlet
select   -> lock . waiting loop greenlet binding
threadpool -> pool lock event . waiting greenlet loop
socket -> resolver lock event . waiting greenlet binding
server -> socket resolver pool lock event . waiting greenlet loop binding
concurrent -> threadpool pool queue lock event . waiting greenlet loop
resolver -> threadpool event . waiting loop greenlet binding
monkey -> resolver . waiting loop greenlet binding
'
failed=0

complain() {
  echo "$*" >&2
  failed=1
}

# behind ROOM TABLE: what it may know, or failure where the table doesn't have it.
behind() {
  awk -v room="$1" '$1 == room { $1 = $2 = ""; print; found = 1 } END { exit !found }' <<<"$2"
}

for file in native/src/*; do
  room=$(basename "$file" | sed 's/[._].*//')
  allowed=$(behind "$room" "$c_arrows") || complain "$file: has no line in the table of $0"
  for header in $(sed -n 's/^ *# *include *"\(.*\)\.h"/\1/p' "$file"); do
    case " $room $allowed " in
      *" ${header%%_*} "*) ;;
      *) complain "$file: may not include $header.h" ;;
    esac
  done
done

while read -r header home; do
  [ -n "$header" ] || continue
  for file in $(grep -lE "^ *# *include *[<\"]${header/./\\.}[>\"]" native/src/* native/include/*); do
    case " $home " in
      *" ${file#native/src/} "*) ;;
      *) complain "$file: $header belongs to $home only" ;;
    esac
  done
done <<<"$foreign"

base=java-api/src/main/java/io/gevent4j
for file in $(find "$base" -name '*.java'); do
  room=$(dirname "${file#"$base"/}")
  allowed=$(behind "$room" "$java_arrows") || complain "$file: its package has no line in the table of $0"
  for import in $(sed -nE 's/^import (static )?io\.gevent4j\.[A-Z].*/./p; s/^import (static )?io\.gevent4j\.([a-z]+).*/\2/p' "$file"); do
    case " $room $allowed " in
      *" $import "*) ;;
      *) complain "$file: may not import from the package $import" ;;
    esac
  done
done

exit $failed
