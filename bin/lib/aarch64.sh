# Sourced by bin/test: the same tests for 64-bit ARM, cross-compiled, under user-mode emulation.

command -v apt-get >/dev/null || die "The tests for 64-bit ARM are prepared for Debian only."
if ! dpkg --print-foreign-architectures | grep -qx arm64; then
  step "Adding the architecture arm64"
  as_root dpkg --add-architecture arm64
fi
install debootstrap g++-aarch64-linux-gnu gcc-aarch64-linux-gnu libc-ares-dev:arm64 libcmocka-dev:arm64 \
  libev-dev:arm64 libuv1-dev:arm64 qemu-user-static

# A JVM for ARM can't be installed beside one for x86-64, so its packages are unpacked into a tree of their own, in which
# nothing but the emulator ever runs a program. Its bin/java becomes a script that calls the emulator, so that a JVM
# finds itself where it looks for a JVM to start.
arm_root=${XDG_CACHE_HOME:-$HOME/.cache}/gevent4j/arm64-jdk17
arm_jdk=$arm_root/usr/lib/jvm/java-17-openjdk-arm64
if ! [ -x "$arm_jdk/bin/java.arm64" ]; then
  step "Fetching a JVM for ARM into $arm_root"
  as_root apt-get -qq update
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' 'Created-By: Packages' | head -1)
  [ -n "$mirror" ] || die "No source of Debian bookworm is configured in apt."
  as_root rm -rf "$arm_root"
  mkdir -p "$arm_root" target
  as_root debootstrap --arch=arm64 --foreign --variant=minbase --include=openjdk-17-jre-headless bookworm \
    "$arm_root" "$mirror" >target/debootstrap.log || die "$(tail target/debootstrap.log)"
  for package in "$arm_root"/var/cache/apt/archives/*.deb; do
    as_root dpkg -x "$package" "$arm_root"
  done
  as_root rm "$arm_root"/var/cache/apt/archives/*.deb
  as_root tee "$arm_jdk/bin/script" >/dev/null <<EOF
#!/bin/sh
exec qemu-aarch64-static -L '$arm_root' '$arm_jdk/bin/java.arm64' "\$@"
EOF
  as_root chmod +x "$arm_jdk/bin/script"
  as_root mv "$arm_jdk/bin/java" "$arm_jdk/bin/java.arm64"
  as_root mv "$arm_jdk/bin/script" "$arm_jdk/bin/java"
fi

step "Cross-compiling and packaging for aarch64"
maven -q package -DskipTests -Pcross-linux-aarch64 -pl java-api,platform-linux-aarch64

step "C tests for aarch64, emulated"
binaries=target/cmake/linux-aarch64
cmake --build "$binaries" --parallel "$(getconf _NPROCESSORS_ONLN)"
ctest --test-dir "$binaries" --output-on-failure

step "JUnit for aarch64, emulated"
maven verify -Pcross-linux-aarch64 -pl java-api,platform-linux-aarch64 -Dtest=none \
  -Dsurefire.failIfNoSpecifiedTests=false "-Dgevent4j.aarch64.java=$arm_jdk/bin/java" "-Dgevent4j.jdks=$arm_jdk" \
  -Dspotless.check.skip | only_results
step "All passed, in $SECONDS seconds"
