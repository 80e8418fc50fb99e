#!/usr/bin/env bash
# consumer.sh JDK...: a project outside of this tree, with a local repository of its own, takes the artifacts from
# target/repository and switches on each JDK. Nothing may be printed but what it prints itself.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp bin/lib/consumer/* "$scratch"

# What Maven has fetched for the build serves as the repository for all the rest, so that nothing is fetched again.
fetched=$(sed 's/\/org\/bytedeco\/.*//' target/classpath)
cat >"$scratch/settings.xml" <<EOF
<settings>
  <localRepository>$scratch/repository</localRepository>
  <mirrors>
    <mirror>
      <id>fetched</id>
      <mirrorOf>central</mirrorOf>
      <url>file://${fetched// /%20}</url>
    </mirror>
  </mirrors>
</settings>
EOF
(
  cd "$scratch"
  maven -q -s settings.xml "-Dbuilt=file://${root// /%20}/target/repository" "-Dplatform=$host" \
    dependency:build-classpath -Dmdep.outputFile=classpath
)

for jdk; do
  step "Consumer on ${jdk##*/}"
  said=$(cd "$scratch" && "$jdk/bin/java" -cp "$(cat classpath)" --enable-native-access=ALL-UNNAMED \
    "-Dorg.bytedeco.javacpp.cachedir=$scratch/cache" Consumer.java 2>&1) || die "$said"
  [ "$said" = "hello, greenlet" ] || die "Expected just a greeting, but it said: $said"

  step "Agent on ${jdk##*/}"
  said=$(cd "$scratch" && "$jdk/bin/java" "-javaagent:$(echo "$root"/target/repository/io/gevent4j/gevent4j-agent/*/*[0-9].jar)=w=2" \
    "-Dorg.bytedeco.javacpp.cachedir=$scratch/cache" Unmodified.java 2>&1) || die "$said"
  [ "$said" = "50 threads slept on a few" ] || die "Expected just a line on threads, but it said: $said"
done
