#!/bin/bash
# Fuzzes every reader of untrusted files and messages under ASan and UBSan, one process per core.
#   tests/fuzz/run.sh SECONDS [READER...]     SECONDS per reader; every fuzz_READER.cpp here names one
#   tests/fuzz/run.sh full [READER...]        ten million inputs or one hour each, whichever comes first
# Builds into build-fuzz; the corpus grows in build-fuzz/corpus. Exit code 1 after a finding, whose input is kept
# as build-fuzz/READER-crash-... and can be given to build-fuzz/fuzz_READER again.
set -euo pipefail
cd "$(dirname "$0")/../.."
limits=()
case ${1:-} in
  full) limits=(-runs=10000000 -max_total_time=3600) ;;
  [1-9]*) limits=("-max_total_time=$1") ;;
  *)
    sed -n '2,6s/^# *//p' tests/fuzz/run.sh >&2
    exit 2
    ;;
esac
shift
if [ $# -eq 0 ]; then
  for source in tests/fuzz/fuzz_*.cpp; do
    reader=${source##*/fuzz_}
    set -- "$@" "${reader%.cpp}"
  done
fi

compiler=$(command -v clang++ || command -v clang++-14) || {
  echo "fuzzing needs clang: apt-get install clang libclang-rt-14-dev libomp-14-dev" >&2
  exit 2
}
cmake -S . -B build-fuzz -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -g1" \
  -DCMAKE_CXX_COMPILER="$compiler" -DGPU_SWEEP_FUZZ=ON -DGPU_SWEEP_UNITY=ON -DGPU_SWEEP_TESTS=OFF \
  -DGPU_SWEEP_CUDA=OFF >/dev/null
cmake --build build-fuzz -j "$(nproc)" --target "${@/#/fuzz_}" >&2
python3 tests/fuzz/make_seeds.py build-fuzz/seeds

# Fuzzes one reader and prints the outcome. After a finding, also prints the last lines of the output.
fuzz() {
  local reader=$1 log=build-fuzz/$1.log longest=4096
  [ "$reader" = experiment ] && longest=262144 # files nested too deep for the stack are long
  shift
  mkdir -p "build-fuzz/corpus/$reader" "build-fuzz/seeds/$reader"
  if "build-fuzz/fuzz_$reader" "build-fuzz/corpus/$reader" "build-fuzz/seeds/$reader" "-max_len=$longest" -timeout=10 \
    -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="build-fuzz/$reader-" "$@" 2>"$log"; then
    echo "fuzz_$reader: no finding, $(sed -n 's/^Done //p' "$log")"
  else
    { echo "fuzz_$reader: a finding"; tail -n 60 "$log"; } >&2
    return 1
  fi
}
export -f fuzz
printf '%s\n' "$@" | xargs -P "$(nproc)" -I READER bash -c 'fuzz "$@"' - READER "${limits[@]}" || exit 1
