#!/bin/bash
# Installs into a folder, moves it, and uses it from there: the program, every header separately, and the example as
# a separate project.   tree_test.sh SOURCE_FOLDER BUILD_FOLDER
set -euo pipefail
source=$1 build=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "tree_test: $*" >&2; exit 1; }

cmake --install "$build" --prefix "$scratch/first" >/dev/null
mv "$scratch/first" "$scratch/moved tree"
tree="$scratch/moved tree"
cd "$scratch"

[ "$("$tree/bin/gpu_sweep" --version)" = "$("$build/gpu_sweep" --version)" ] || fail "another version"
gzip -t "$tree/share/man/man1/gpu_sweep.1.gz"
for file in share/gpu_sweep/experiments/quick.toml share/doc/gpu-sweep/copyright \
  share/doc/gpu-sweep/THIRD_PARTY.md share/bash-completion/completions/gpu_sweep; do
  [ -s "$tree/$file" ] || fail "$file is missing"
done
# No file may contain the path of the sources or of the build. The CUDA lane is an exception: its line numbers for
# profilers name the sources.
if grep -rlF -e "$source" -e "$build" --exclude=libgpu_sweep_cuda.so "$tree"; then
  fail "files name the folder that they were built in"
fi
if [ -e "$build/libgpu_sweep_cuda.so" ]; then
  "$tree/bin/gpu_sweep" devices >seen 2>&1
  if grep "this build has no" seen; then fail "the CUDA lane is not found"; fi
fi

# The installed headers are those of include/gpu_sweep, and each needs only others of them and the standard library.
diff -r "$source/include" "$tree/include" || fail "other headers than those of include/ are installed"
for header in "$tree"/include/gpu_sweep/*.h; do
  "${CXX:-c++}" -std=c++20 -Wall -Wextra -Werror -fsyntax-only -x c++ -I "$tree/include" \
    -include "gpu_sweep/${header##*/}" /dev/null || fail "$header does not compile by itself"
done

"${GPU_SWEEP_PYTHON3:-python3}" "$source/tests/install/make_data.py" data
cp -r "$tree/share/doc/gpu-sweep-dev/examples/train_one_model" example
for compiler in "${CXX:-c++}" clang++-14; do
  command -v "$compiler" >/dev/null || { echo "NOT TESTED: the example with $compiler"; continue; }
  cmake -S example -B "built-by-$compiler" "-DCMAKE_PREFIX_PATH=$tree" "-DCMAKE_CXX_COMPILER=$compiler" >/dev/null
  cmake --build "built-by-$compiler" >/dev/null
  "built-by-$compiler/train_one_model" data | tee output
  [ "$(grep -c '^epoch ' output)" -eq 4 ] || fail "the example shows no history of three epochs"
  # The classes are linearly separable, so a network that learns at all gets nearly all of them right.
  awk '/^test accuracy/ { good = $3 > 0.9 } END { exit !good }' output || fail "the example has learned nothing"
done
