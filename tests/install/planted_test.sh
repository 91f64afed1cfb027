#!/bin/bash
# Libraries planted where other users may write (the working directory and the folder above the program's) must never
# be loaded.   planted_test.sh BUILD_FOLDER [BUNDLE_FOLDER]
set -euo pipefail
build=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "planted_test: $*" >&2; exit 1; }
cd "$scratch"

"${CC:-cc}" -shared -fPIC -o planted.so -x c - <<'END'
#include <unistd.h>
__attribute__((constructor)) static void run(void) { if (write(2, "PLANTED\n", 8)) return; }
END
# Stands for a lane that needs a version of CUDA which this machine does not have.
"${CC:-cc}" -shared -fPIC -Wl,-soname,libcudart.so.99 -o libcudart.so.99 -x c - <<<'int answer(void) { return 1; }'
"${CC:-cc}" -shared -fPIC -o lane.so -x c - -x none libcudart.so.99 <<<'int answer(void); int lane(void) { return answer(); }'

# plant FOLDER: plants the library under names that the program may open
plant() {
  mkdir -p "$1"
  for name in libgpu_sweep_cuda.so libgpu_sweep_mpi.so libcudart.so.99 libcudart.so.13 libcublas.so.13 \
    libcublasLt.so.13 libmpi.so.40; do
    cp "$scratch/planted.so" "$1/$name"
  done
}
mkdir -p above/app elsewhere
plant above
plant above/gpu_sweep
plant above/lib/gpu_sweep
plant above/lib/gpu_sweep/local
plant elsewhere
plant elsewhere/gpu_sweep
plant elsewhere/lib
cp "$build/gpu_sweep" above/app
mkdir own_lane
cp "$build/gpu_sweep" own_lane
touch own_lane/rebuild_cuda_lane
cp lane.so own_lane/libgpu_sweep_cuda.so

# devices PROGRAM: checks that the program loads no planted library, for several values of LD_LIBRARY_PATH
devices() {
  local path folder call
  folder=$(dirname "$1")
  for path in unset '' : . lib: relative:/usr/lib; do
    (
      cd elsewhere
      export PATH="$folder:$PATH"
      if [ "$path" = unset ]; then unset LD_LIBRARY_PATH; else export LD_LIBRARY_PATH=$path; fi
      for call in "$1" "$(basename "$1")"; do # the second name has no folder
        "$call" devices >>../said 2>&1 || fail "$call devices, LD_LIBRARY_PATH '$path': $(tail -n 3 ../said)"
      done
    )
  done
  if grep PLANTED said; then fail "$1 has loaded a planted library"; fi
}
devices "$scratch/above/app/gpu_sweep"
grep 'this build has no libgpu_sweep_cuda.so' said >/dev/null || fail "$(cat said)"
devices "$scratch/own_lane/gpu_sweep"
grep 'this machine does not have libcudart.so.99, which libgpu_sweep_cuda.so needs' said >/dev/null || fail "$(cat said)"
grep 'or newer, .*/own_lane/rebuild_cuda_lane builds libgpu_sweep_cuda.so with it' said >/dev/null || fail "$(cat said)"
grep 'looked in CUDA_HOME' said >/dev/null || fail "devices does not say where it looked"
devices "$build/gpu_sweep"
[ $# -lt 2 ] || devices "$2/bin/gpu_sweep"
# Checks that the planted libraries can be loaded at all: one in the program's own folder is loaded.
cp planted.so above/app/libgpu_sweep_cuda.so
if ! above/app/gpu_sweep devices 2>&1 | grep PLANTED >/dev/null; then fail "the planted library does nothing"; fi

# A program in bin/ finds libraries in the folder above, because an installed tree loads libraries from its lib folder.
# Those in lib/gpu_sweep/local come first.
mkdir above/bin
cp "$build/gpu_sweep" above/bin
if ! above/bin/gpu_sweep devices 2>&1 | grep PLANTED >/dev/null; then fail "an installed tree's lane is not found"; fi

# In the search path of a built file, an empty or relative element would mean the working directory.
for file in "$build/gpu_sweep" "$build"/*.so*; do
  elements=$(readelf -d "$file" | sed -n 's/.*\(RPATH\|RUNPATH\).*\[\(.*\)\]/\2/p' | tr : '\n')
  if [ -n "$elements" ] && grep -v '^[/$]' <<<"$elements"; then fail "$file looks in the working directory"; fi
done
