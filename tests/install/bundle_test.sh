#!/bin/bash
# Packs the bundle, unpacks it under a path with spaces, and uses it with an empty environment:
#   bundle_test.sh SOURCE_FOLDER BUILD_FOLDER [FLAG OF make.sh...]
set -euo pipefail
source=$1 build=$2
shift 2
with_tests=no
[[ " $* " != *' --with-tests '* ]] || with_tests=yes
if [ $with_tests = yes ] && [ ! -e "$build/kernel_bench" ]; then
  echo "NOT TESTED: kernel_bench is not built (libbenchmark-dev is missing)"
  exit 77
fi
for tool in patchelf dpkg-query xz; do
  command -v "$tool" >/dev/null || { echo "NOT TESTED: $tool is missing"; exit 77; }
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "bundle_test: $*" >&2; exit 1; }
python=${GPU_SWEEP_PYTHON3:-python3}

archive=$("$source/packaging/bundle/make.sh" "$build" "$scratch/made" "$@") # checks the archive's size
mkdir "$scratch/a place with spaces"
tar -C "$scratch/a place with spaces" -xf "$archive"
tree=$(echo "$scratch/a place with spaces"/gpu_sweep-*)
program=$tree/bin/gpu_sweep
clean() { env -i PATH=/usr/bin:/bin "$@"; }

# ---- what the bundle requires of a machine
"$python" "$source/packaging/bundle/elf.py" check "$tree" 2.34
# Two kinds of files are not searched, because they contain the folder in which they were built: the CUDA lane, compiled
# with -lineinfo, and the tests, by __FILE__.
if grep -rlF -e "$source" -e "$build" --exclude=libgpu_sweep_cuda.so --exclude='*_tests*' "$tree"; then
  fail "files name the folder that they were built in"
fi
# The check must fail for an older glibc, and for a search path with the working directory or the build folder.
if "$python" "$source/packaging/bundle/elf.py" check "$tree" 2.17 >/dev/null; then fail "elf.py passes every glibc"; fi
mkdir "$scratch/bad"
cp "$tree/libexec/gpu_sweep" "$scratch/bad"
for path in '' . "$build" '/usr/lib:'; do
  patchelf --set-rpath "$path" "$scratch/bad/gpu_sweep" 2>/dev/null
  if "$python" "$source/packaging/bundle/elf.py" check "$scratch/bad" 2.99 >/dev/null; then fail "elf.py passes '$path'"; fi
done
for package in libdnnl2 libsqlite3-0 SOURCES common/GPL-3; do
  [ -s "$tree/share/doc/gpu-sweep/licences/$package" ] || fail "no licence of $package"
done
while IFS= read -r library; do
  [ "$(grep -c "^$library " "$tree/lib/compat/NEEDS")" -gt 0 ] || fail "NEEDS does not name $library"
done < <(find "$tree/lib/compat" -mindepth 1 -maxdepth 1 -type d -printf '%f\n')

# ---- the bundle works from the unpacked folder
cd "$scratch"
[ "$(clean "$program" --version)" = "$("$build/gpu_sweep" --version)" ] || fail "another version"
clean "$program" devices >seen 2>&1
grep '^cpu$' seen || fail "no CPU"
if [ -e "$tree/lib/gpu_sweep/libgpu_sweep_cuda.so" ]; then
  grep -F "$tree/lib/gpu_sweep/libgpu_sweep_cuda.so, built with CUDA " seen ||
    grep -E 'this machine does not have libcu.*, which libgpu_sweep_cuda.so needs' seen || fail "devices: $(cat seen)"
fi
"$python" "$source/tests/install/make_data.py" data
clean "$program" run "$tree/experiments/quick.toml" --data data --runs 2 --epochs 2 --device cpu --out results >tables
grep '^four hidden layer  *2 ' tables || fail "no table"
# Planted libraries are never loaded, not even through the launcher.
"$source/tests/install/planted_test.sh" "$build" "$tree"
# The libraries are the same, so the metrics must equal those of the build's own program.
"$build/gpu_sweep" run "$tree/experiments/quick.toml" --data data --runs 2 --epochs 2 --device cpu --out own >own_tables 2>own_said
cmp tables own_tables || fail "not the numbers of the build's own program"
if [ -e "$tree/share/gpu_sweep/datasets" ]; then
  clean "$program" plan "$tree/experiments/quick.toml" --device cpu >/dev/null || fail "the data are not found"
fi

# ---- arguments, signals and exit codes pass through the launcher, which may be called through a link
status=0
clean "$program" run /no/such.toml 2>said || status=$?
[ $status -eq 2 ] || fail "exit code $status, expected 2"
ln -s "$program" link
[ "$(clean ./link --version)" = "$("$program" --version)" ] || fail "called by a link"
env -i "$program" run "$tree/experiments/quick.toml" --data data --runs 400 --epochs 400 --device cpu --out long >/dev/null 2>&1 &
pid=$!
for _ in $(seq 100); do [ -e long/runs.sqlite ] && break; sleep 0.1; done
kill -TERM $pid
status=0
wait $pid || status=$?
[ $status -eq 143 ] || fail "SIGTERM gave $status, expected 143"

# ---- the bundled libraries are used if the machine's are too old: these stand-ins for them define no symbol versions
mkdir old
for library in "$tree"/lib/compat/lib*; do
  "${CC:-cc}" -shared -o "old/$(basename "$library")" -x c - <<<'int gpu_sweep_old;'
done
clean LD_LIBRARY_PATH="$scratch/old" LD_DEBUG=libs "$program" --version 2>loaded >/dev/null ||
  fail "does not start with the carried libraries: $(tail -n 3 loaded)"
for library in libstdc++.so.6 libgomp.so.1 libcrypto.so.3 libz.so.1; do
  grep -F "calling init: $tree/lib/compat/$library/$library" loaded >/dev/null || fail "$library is not the carried one"
done
# The machine's libraries are used if they are new enough.
clean LD_DEBUG=libs "$program" --version 2>loaded >/dev/null
if grep "calling init: .*lib/compat" loaded; then fail "carried libraries though the machine's are new enough"; fi

# ---- the CUDA lane can be rebuilt from the bundled sources with this machine's toolkit
[[ $("$source/packaging/bundle/rebuild_cuda_lane" --help) = *'CMAKE ARGUMENT'* ]] || fail "rebuild_cuda_lane --help"
cuda=${CUDA_HOME:-/usr/local/cuda}
if [ ! -e "$tree/bin/rebuild_cuda_lane" ]; then
  [ "$with_tests" = no ] || fail "no rebuild_cuda_lane"
elif ! command -v nvcc >/dev/null && [ ! -x "$cuda/bin/nvcc" ]; then
  echo "NOT TESTED: rebuild_cuda_lane: no nvcc"
else
  local_lane=$tree/lib/gpu_sweep/local
  clean PATH="$PATH" CUDA_HOME="$cuda" "$tree/bin/rebuild_cuda_lane" -DCMAKE_CUDA_ARCHITECTURES=90-real >rebuilt 2>&1 ||
    fail "rebuild_cuda_lane: $(tail -n 20 rebuilt)"
  grep -F "$local_lane/libgpu_sweep_cuda.so, built with CUDA " rebuilt || fail "not the new lane: $(tail -n 5 rebuilt)"
  "$python" "$source/packaging/bundle/elf.py" check "$tree" 2.99 || fail "what the new lane needs"
  rm -r "$local_lane"
  clean "$program" devices >seen 2>&1
  if grep -F "$local_lane" seen; then fail "the deleted lane is named"; fi
fi
echo "bundle_test: $(stat -c %s "$archive") bytes, everything as it should be"
