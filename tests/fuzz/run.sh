#!/bin/sh
# Fuzzes every reader of files that come from elsewhere, one after the other, under ASan and UBSan.
#   tests/fuzz/run.sh SECONDS [READER...]     readers: experiment idx npy npz weights
# Builds into build-fuzz; the corpus grows in build-fuzz/corpus. Exit code 1 at the first finding, whose input
# is kept as build-fuzz/READER-crash-... and can be given to build-fuzz/fuzz_READER again.
set -eu
if [ $# -lt 1 ]; then
  sed -n '2,5s/^# *//p' "$0" >&2
  exit 2
fi
seconds=$1
shift
[ $# -gt 0 ] || set -- experiment idx npy npz weights

cd "$(dirname "$0")/../.."
compiler=$(command -v clang++ || command -v clang++-14) || {
  echo "fuzzing needs clang: apt-get install clang libclang-rt-14-dev libomp-14-dev" >&2
  exit 2
}
cmake -S . -B build-fuzz -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_COMPILER="$compiler" \
  -DGPU_SWEEP_FUZZ=ON -DGPU_SWEEP_TESTS=OFF -DGPU_SWEEP_CUDA=OFF >/dev/null
cmake --build build-fuzz --target fuzz_targets
python3 tests/fuzz/make_seeds.py build-fuzz/seeds

for reader; do
  mkdir -p "build-fuzz/corpus/$reader"
  echo "fuzz_$reader: $seconds seconds"
  "build-fuzz/fuzz_$reader" "build-fuzz/corpus/$reader" "build-fuzz/seeds/$reader" \
    -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build-fuzz/$reader-" 2>"build-fuzz/$reader.log" || {
    tail -n 60 "build-fuzz/$reader.log" >&2
    exit 1
  }
  grep -E 'stat::number_of_executed_units|^Done' "build-fuzz/$reader.log"
done
