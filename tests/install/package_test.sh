#!/bin/bash
# Makes the Debian packages, checks their dependencies and contents, and unpacks the one with the program:
#   package_test.sh SOURCE_FOLDER BUILD_FOLDER
set -euo pipefail
build=$2
if ! command -v dpkg-shlibdeps >/dev/null; then
  echo "NOT TESTED: dpkg-shlibdeps is missing (package dpkg-dev)"
  exit 77
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "package_test: $*" >&2; exit 1; }

(cd "$build" && cpack -G DEB -B "$scratch/made" >/dev/null)
cd "$scratch/made"
program=$(echo gpu-sweep_*.deb)
dpkg-deb -I "$program" | tee information
dpkg-deb -c "$program" >contents
for file in ./usr/bin/gpu_sweep ./usr/share/man/man1/gpu_sweep.1.gz ./usr/share/doc/gpu-sweep/copyright; do
  grep -q " $file\$" contents || fail "$program has no $file"
done
if grep -v ' root/root ' contents; then fail "files that do not belong to root"; fi
if dpkg-deb -f "$program" Depends | grep -i mpi; then fail "$program depends on MPI"; fi
if grep libgpu_sweep_mpi contents; then fail "$program brings the MPI library"; fi
for library in libdnnl libsqlite3 libzip; do
  grep -qE "^ Depends:.*$library" information || fail "$program does not depend on $library"
done
dpkg-deb -f libgpu-sweep0.1_*.deb Depends | grep libdnnl || fail "what the library depends on"
dpkg-deb -f gpu-sweep-dev_*.deb Depends | grep '^libgpu-sweep0.1 (= ' || fail "what gpu-sweep-dev depends on"
dpkg-deb -c gpu-sweep-dev_*.deb >contents
grep -q ' ./usr/lib/cmake/gpu_sweep/gpu_sweep-config.cmake$' contents || fail "gpu-sweep-dev has no config file"

if [ -e "$build/libgpu_sweep_mpi.so" ]; then
  dpkg-deb -f gpu-sweep-mpi_*.deb Depends | grep 'gpu-sweep (= .*libopenmpi' || fail "what gpu-sweep-mpi depends on"
  dpkg-deb -c gpu-sweep-mpi_*.deb | grep ' ./usr/lib/gpu_sweep/libgpu_sweep_mpi.so$' || fail "gpu-sweep-mpi has no library"
fi

if [ -e "$build/libgpu_sweep_cuda.so" ]; then
  dpkg-deb -f gpu-sweep-cuda_*.deb Depends | grep libc6 || fail "gpu-sweep-cuda depends on no libc6"
fi
if command -v lintian >/dev/null; then
  lintian --allow-root --fail-on error,warning ./*.deb || fail "Debian's own checker complains"
else
  echo "NOT TESTED: what lintian says"
fi

dpkg-deb -x "$program" "$scratch/root"
[ "$("$scratch/root/usr/bin/gpu_sweep" --version)" = "$("$build/gpu_sweep" --version)" ] || fail "another version"
