#!/bin/bash
# Packs the bundle from a build folder: make.sh BUILD_FOLDER OUTPUT_FOLDER [--with-data] [--with-tests]
# Writes OUTPUT_FOLDER/gpu_sweep-VERSION-linux-x86_64.tar.xz and prints its path. The build folder must have the target
# gpu_sweep_bundle_parts built, or gpu_sweep_bundle_tests for --with-tests. Equal builds give equal archives.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
source=$(dirname "$(dirname "$here")")
build=$(readlink -f "$1") output=$2
shift 2
with_data=no with_tests=no
for flag in "$@"; do
  case $flag in
    --with-data) with_data=yes ;;
    --with-tests) with_tests=yes ;;
    *) echo "make.sh: found '$flag', expected --with-data or --with-tests" >&2; exit 2 ;;
  esac
done
fail() { echo "bundle: $*" >&2; exit 1; }
say() { echo "bundle: $*" >&2; }

most_glibc=2.34
most_megabytes=20
[ $with_data$with_tests = nono ] || most_megabytes=55
# For these libraries, the machine's own versions are used if they are new enough (launcher.cpp).
machine_first=' libstdc++.so.6 libgomp.so.1 libcrypto.so.3 libz.so.1 '
# Packages whose code is compiled into the program, and the data package that is carried besides libraries.
compiled_in=(libboost1.74-dev libcli11-dev librandom123-dev nlohmann-json3-dev)
data_package=dataset-fashion-mnist
data=/usr/share/datasets/fashion-mnist

version=$("$build/gpu_sweep" --version)
name=gpu_sweep-${version#gpu_sweep }-linux-x86_64
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
root=$scratch/$name
elf() { python3 "$here/elf.py" "$@"; }

# carry_program FILE NAME PATCHELF_FLAG...: adds libexec/NAME, and bin/NAME, which starts it
carry_program() {
  mkdir -p "$root/bin" "$root/libexec"
  install -m 755 "$1" "$root/libexec/$2"
  install -m 755 "$build/gpu_sweep_launcher" "$root/bin/$2"
  patchelf "${@:3}" "$root/libexec/$2"
}

carry_parts() {
  local component
  for component in program mpi cuda; do
    cmake --install "$build" --prefix "$root" --component "$component" >/dev/null
  done
  rm -r "$root/bin/gpu_sweep" "$root/share/lintian" "$root/share/doc/gpu-sweep/changelog.gz"
  find "$root/share/doc" -mindepth 1 -maxdepth 1 ! -name gpu-sweep -exec rm -r {} +
  # RPATH is used, not RUNPATH, because it also applies to what carried libraries need, and takes precedence over
  # LD_LIBRARY_PATH.
  # shellcheck disable=SC2016 # $ORIGIN is for the loader
  carry_program "$build/gpu_sweep" gpu_sweep --force-rpath --set-rpath '$ORIGIN/../lib'
  find "$root/lib" -name '*.so' -exec patchelf --remove-rpath {} \;
  ln -s share/gpu_sweep/experiments "$root/experiments"
  cp "$here/README.md" "$source/LICENSE" "$root"
}

# Tests for cards are linked to CUDA, so for them the machine's LD_LIBRARY_PATH must take precedence.
carry_tests() {
  local program
  for program in study_bench kernel_bench; do
    [ -e "$build/$program" ] || fail "$program, which --with-tests carries, is not built: kernel_bench needs libbenchmark-dev"
  done
  for program in study_bench kernel_bench kernel_bench_cudnn copy_rate product_algorithms; do
    if [ ! -e "$build/$program" ]; then
      say "not built and not carried: $program"
      continue
    fi
    # shellcheck disable=SC2016
    carry_program "$build/$program" "$program" --force-rpath --set-rpath '$ORIGIN/../lib:/usr/local/cuda/lib64'
  done
  for program in kernel_tests_cuda library_tests_cuda cudnn_tests; do
    if [ ! -e "$build/tests/$program" ]; then
      say "not built and not carried: $program"
      continue
    fi
    # shellcheck disable=SC2016
    carry_program "$build/tests/$program" "$program" --set-rpath '$ORIGIN/../lib:/usr/local/cuda/lib64'
  done
  install -m 755 "$here/rebuild_cuda_lane" "$root/bin/rebuild_cuda_lane"
  cp -r "$source/apps/study_bench/peers" "$root/share/gpu_sweep"
  find "$root/share/gpu_sweep/peers" -name __pycache__ -prune -exec rm -r {} +
  if [ -d "$source/tools/first_light" ]; then
    mkdir "$root/tools"
    cp -r "$source/tools/first_light" "$root/tools"
    find "$root/tools" -name __pycache__ -prune -exec rm -r {} +
  fi

  local lane=$root/share/gpu_sweep/lane_source part
  mkdir -p "$lane/third_party" "$lane/engine/lane"
  cp "$source/packaging/lane/CMakeLists.txt" "$source/LICENSE" "$lane"
  cp -r "$source/cmake" "$source/include" "$source/kernels" "$lane"
  for part in data model program; do
    cp -r "$source/engine/$part" "$lane/engine"
  done
  cp "$source"/engine/lane/*.h "$lane/engine/lane"
  cp -r "$source/engine/lane/cuda" "$lane/engine/lane"
  cp -r /usr/include/Random123 "$lane/third_party"
}

carry_data() {
  [ -d $data ] || fail "$data is missing: apt-get install $data_package"
  mkdir -p "$root/share/gpu_sweep/datasets/fashion-mnist"
  cp $data/*.gz "$root/share/gpu_sweep/datasets/fashion-mnist"
  carried_packages+=("$data_package")
}

# lower_needs FOLDER: removes the dependency on glibc 2.36. Debian's libstdc++ uses only one function of that version
# (in std::random_device).
lower_needs() {
  readelf --dyn-syms -W "$1/libstdc++.so.6" | grep 'UND arc4random@' >/dev/null || return 0
  python3 "$here/lower_glibc.py" "$1/libstdc++.so.6" arc4random
  install -m 755 "$build/libgpu_sweep_arc4random.so" "$1"
  patchelf --add-needed libgpu_sweep_arc4random.so "$1/libstdc++.so.6"
}

carry_libraries() {
  local library file folder package
  while read -r library file; do
    folder=$root/lib
    [[ $machine_first != *" $library "* ]] || folder=$root/lib/compat/$library
    mkdir -p "$folder"
    install -m 644 "$file" "$folder/$library"
    file=$(readlink -f "$file")
    package=$(dpkg-query -S "$file" 2>/dev/null || dpkg-query -S "${file#/usr}") || fail "no package has $file"
    carried_packages+=("${package%%:*}")
  done < <(elf libraries "$root")
  lower_needs "$root/lib/compat/libstdc++.so.6"
  elf needs "$root" >"$root/lib/compat/NEEDS"
}

# The copyright file of every Debian package has its licenses and refers to common ones. The file SOURCES says where
# exactly the source of each package is.
carry_licences() {
  local licences=$root/share/doc/gpu-sweep/licences package cub
  mkdir -p "$licences"
  for package in $(printf '%s\n' "${carried_packages[@]}" "${compiled_in[@]}" | sort -u); do
    cp "/usr/share/doc/$package/copyright" "$licences/$package"
    # shellcheck disable=SC2016 # for dpkg-query
    dpkg-query -W -f '${Package} ${Version}: source ${source:Package} ${source:Version}\n' "$package" |
      head -n 1 >>"$licences/list"
  done
  { cat "$here/sources_head.txt"; cat "$licences/list"; } >"$licences/SOURCES"
  rm "$licences/list"
  {
    grep -oh '/usr/share/common-licenses/[A-Za-z0-9.-]*[A-Za-z0-9]' "$licences"/*
    echo /usr/share/common-licenses/Apache-2.0 # for NVTX, whose headers only name it
  } | sort -u >"$scratch/common"
  mkdir "$licences/common"
  xargs cp -L -t "$licences/common" <"$scratch/common"
  if [ -e "$root/lib/gpu_sweep/libgpu_sweep_cuda.so" ]; then
    cub=$(sed -n 's/^GPU_SWEEP_CUB_HEADER:FILEPATH=//p' "$build/CMakeCache.txt")
    [ -e "$cub" ] || fail "the toolkit has no cub/cub.cuh, whose license the bundle includes"
    sed -n '1,/\*\//p' "$cub" >"$licences/cub"
  fi
}

pack() {
  local date bytes
  find "$root/lib" "$root/libexec" "$root/bin" -type f -exec sh -c '
    for file; do [ "$(head -c 4 "$file" | tail -c 3)" != ELF ] || strip --strip-unneeded "$file"; done' - {} +
  elf check "$root" $most_glibc >&2 || fail "this would not run elsewhere"
  chmod -R u=rwX,go=rX "$root"
  date=$(git -C "$source" log -1 --format=%ct 2>/dev/null) || date=$(stat -c %Y "$source/LICENSE")
  mkdir -p "$output"
  tar -C "$scratch" --sort=name --mtime="@$date" --owner=0 --group=0 --numeric-owner --format=gnu -cf - "$name" |
    xz --x86 --lzma2=preset=6 -T1 >"$output/.$name.tar.xz"
  bytes=$(stat -c %s "$output/.$name.tar.xz")
  if [ "$bytes" -gt $((most_megabytes * 1000000)) ]; then
    rm "$output/.$name.tar.xz"
    fail "found $bytes bytes, expected at most $most_megabytes MB"
  fi
  mv "$output/.$name.tar.xz" "$output/$name.tar.xz"
  echo "$output/$name.tar.xz"
}

carried_packages=()
carry_parts
[ $with_tests = no ] || carry_tests
[ $with_data = no ] || carry_data
carry_libraries
carry_licences
pack
