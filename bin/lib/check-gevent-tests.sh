#!/usr/bin/env bash
# Each test that docs/gevent-tests.md names as `Class.method` is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

failed=0
while IFS=. read -r class method; do
  file=$(find java-api/src/test -name "$class.java")
  if [ -z "$file" ]; then
    echo "docs/gevent-tests.md: there is no $class" >&2
    failed=1
  elif ! grep -q "void $method(" $file; then
    echo "docs/gevent-tests.md: $class has no $method" >&2
    failed=1
  fi
done < <(grep -oE '`[A-Z][A-Za-z]*\.should[A-Za-z0-9]*`' docs/gevent-tests.md | tr -d '`' | sort -u)
exit $failed
