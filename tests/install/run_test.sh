#!/bin/bash
# On a machine without nvcc, the commands of ./run that build use the nvcc of an earlier `build --cuda-from-pypi`:
#   run_test.sh SOURCE_FOLDER
# Tools that build or test are replaced by scripts that do nothing, or only print how they are called.
set -euo pipefail
source=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "run_test: $*" >&2; exit 1; }

# tool FILE BODY: writes a script that stands in for a tool
tool() {
  mkdir -p "$(dirname "$1")"
  printf '#!/bin/bash\n%s\n' "$2" >"$1"
  chmod +x "$1"
}
repository=$scratch/repository
mkdir "$scratch/repository" "$scratch/tools"
cp "$source/run" "$repository"
tool "$scratch/tools/cmake" "echo \"cmake \$*, CUDA_HOME \${CUDA_HOME:-none}\""
tool "$scratch/tools/ctest" :
tool "$scratch/tools/dpkg-query" "printf installed"
tool "$repository/packaging/bundle/make.sh" :
tool "$repository/build/study_bench" :
for name in basename bash dirname env grep id mkdir nproc readlink; do
  ln -s "$(command -v $name)" "$scratch/tools"
done

# call COMMAND: prints what it configures on a machine without nvcc
call() {
  env -i PATH="$scratch/tools" CUDA_HOME=/nonexistent "$repository/run" "$1" >"$scratch/said" 2>&1 ||
    fail "$1: $(cat "$scratch/said")"
  grep -e --preset "$scratch/said" || fail "$1 configures nothing: $(cat "$scratch/said")"
}
[[ $(call test) = *-DGPU_SWEEP_CUDA=OFF* ]] || fail "test fails where PyPI is not reachable: $(call test)"
[[ $(call build) = *-DGPU_SWEEP_CUDA=OFF* ]] || fail "build makes a CUDA lane without nvcc: $(call build)"
tool "$repository/build/cuda_from_pypi/bin/nvcc" :
for command in build bundle test bench; do
  [[ $(call $command) = *-DGPU_SWEEP_CUDA=ON*", CUDA_HOME $repository/build/cuda_from_pypi" ]] ||
    fail "$command drops the CUDA lane: $(call $command)"
done
