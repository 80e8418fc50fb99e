# Sourced by bin/test, which says on which JDKs: ordinary programs under the runner, with real servers as their peers.

# unmodified JDK RUNNER
unmodified() {
  step "Ordinary programs on ${1##*/}, gevent4j $2"
  maven -Punmodified -pl examples/unmodified surefire:test "-Djvm=$1/bin/java" "-Drunner=$2" $once_more |
    only_results
}

if [ "$host" != macos ]; then
  install postgresql redis-server
  maven -q -Punmodified -pl examples/unmodified verify -DskipTests
  unmodified "$oldest" "run -w 1"
  unmodified "$newest" "run -w 2"
fi
