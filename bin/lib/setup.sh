# Sourced by the scripts next door: says what happens, installs what is missing, finds the JDKs and builds. Where nothing
# is missing it uses no network.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"

step() {
  printf '==> %s\n' "$*"
}

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# The module that packages the native library of this machine.
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) host=linux-x86_64 ;;
  Linux-aarch64) host=linux-aarch64 ;;
  Darwin-*) host=macos ;;
  *) die "gevent4j does not know $(uname -s) on $(uname -m)." ;;
esac

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# installed PACKAGE or PACKAGE:ARCHITECTURE
installed() {
  if command -v dpkg-query >/dev/null; then
    local architecture=${1#*:}
    [ "$architecture" != "$1" ] || architecture=$(dpkg --print-architecture)
    dpkg-query -W -f '${Architecture} ${db:Status-Status}\n' "$1" 2>/dev/null | grep -qxE "(all|$architecture) installed"
  else
    brew list --versions "$1" >/dev/null 2>&1
  fi
}

# install PACKAGE...: those of them that are missing.
install() {
  local package missing=
  for package; do
    installed "$package" || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  step "Installing$missing"
  if command -v apt-get >/dev/null; then
    as_root apt-get -qq update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends $missing 2>&1 >/dev/null |
      { grep -v '^debconf: ' >&2 || true; }
  elif command -v brew >/dev/null; then
    brew install --quiet $missing
  else
    die "Please install:$missing"
  fi
}

# "17 /usr/lib/jvm/java-17": every JDK of version 17 or newer, the oldest first.
find_jdks() {
  local home version
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [ -x "$home/bin/javac" ] && [ -f "$home/release" ]; then
      version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")
      [ "${version:-0}" -lt 17 ] || echo "$version $(cd -P "$home" && pwd)"
    fi
  done | sort -n | uniq
}

# Installs what a build needs that is not there, and chooses the JDK that builds: JAVA_HOME's, or else the oldest.
set_up() {
  local packages=
  if [ "$host" = macos ]; then
    install c-ares cmake libev libuv
  else
    command -v cc >/dev/null || packages="$packages gcc libc6-dev"
    command -v c++ >/dev/null || packages="$packages g++"
    command -v make >/dev/null || packages="$packages make"
    command -v cmake >/dev/null || packages="$packages cmake"
    install $packages libc-ares-dev libev-dev libuv1-dev
  fi
  if [ -z "$(find_jdks)" ]; then
    if [ "$host" = macos ]; then install openjdk; else install openjdk-17-jdk-headless; fi
  fi
  command -v mvn >/dev/null || install maven
  if ! find_jdks | grep -qxE "[0-9]+ $(cd -P "${JAVA_HOME:-/}" && pwd)"; then
    JAVA_HOME=$(find_jdks | sed -n '1s/[^ ]* //p')
  fi
  export JAVA_HOME
}

# Debian's Maven resets colours that nobody has set.
maven() {
  mvn -B -ntp -Dstyle.color=never "$@" | sed $'s/\033\\[0m//g'
}

# Builds what bin/gevent4j needs, unless nothing has changed since it last did.
build() {
  local stamp=target/built
  if [ -f "$stamp" ] && [ -z "$(find CMakeLists.txt pom.xml java-api/pom.xml java-api/src/main native/cmake \
    native/include native/src "platform-$host/pom.xml" -newer "$stamp" -print -quit)" ]; then
    return
  fi
  step "Building (the first time, Maven also fetches its plugins)"
  mkdir -p target
  touch "$stamp.new"
  maven -q process-classes -pl "java-api,platform-$host"
  mv "$stamp.new" "$stamp"
}
