#!/bin/sh
# exports.sh LIBRARY HEADER: the library exports what the header declares with GV_API, what the JVM looks for, and
# nothing else; and it depends on no C++ runtime.
set -eu
library=$1
header=$2
declared=$(sed -n 's/^GV_API .*[ *]\(gv_[a-z0-9_]*\)(.*/\1/p' "$header" | sort)
if [ "$(printf '%s\n' "$declared" | wc -l)" -ne "$(grep -c '^GV_API ' "$header")" ]; then
  echo "not every GV_API line of $header names its function"
  exit 1
fi
exported=$("${NM:-nm}" -D --defined-only "$library" | awk '{ print $NF }' | sort)
if ! printf '%s\n' "$exported" | grep -q '^Java_io_gevent4j_binding_Native_'; then
  echo "$library has no JNI functions of ours"
  exit 1
fi
ours=$(printf '%s\n' "$exported" | grep -Ev '^(Java_|JNI_On)' || true)
if [ "$declared" != "$ours" ]; then
  echo "declared and not exported (<), exported and not declared (>):"
  printf '%s\n' "$declared" >"${TMPDIR:-/tmp}/declared.$$"
  printf '%s\n' "$ours" | diff "${TMPDIR:-/tmp}/declared.$$" - || true
  rm -f "${TMPDIR:-/tmp}/declared.$$"
  exit 1
fi
if "${READELF:-readelf}" -d "$library" | grep -E 'NEEDED.*(libstdc\+\+|libgcc_s)'; then
  echo "$library depends on a C++ runtime: see cxx_runtime.cpp"
  exit 1
fi
