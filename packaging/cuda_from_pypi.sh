#!/bin/bash
# packaging/cuda_from_pypi.sh FOLDER: creates in FOLDER a CUDA toolkit sufficient to build the CUDA lane, from the
# wheels that cuda_from_pypi.txt names. Leaves an existing FOLDER unchanged. Needs python3 with pip, but not root.
set -euo pipefail
folder=$1
wheels=$(dirname "$(readlink -f "$0")")/cuda_from_pypi.txt
part=$folder.part

[ ! -e "$folder" ] || exit 0
if [ "$(uname -m)" != x86_64 ]; then
  echo "cuda_from_pypi: found a machine of kind $(uname -m), expected x86_64" >&2
  exit 1
fi
{
  echo "cuda_from_pypi: downloading from PyPI into $folder (about 530 MB, 0.9 GB unpacked; under NVIDIA's licenses):"
  sed -n 's/^\([a-z][^ ]*\) .*/    \1/p' "$wheels"
} >&2
rm -rf "$part"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --only-binary=:all: --require-hashes \
  --target "$part/wheels" --requirement "$wheels"

# The wheels name libraries as programs load them. The linker needs names without a version, in lib64.
mv "$part/wheels/nvidia/cu13" "$part/toolkit"
ln -s lib "$part/toolkit/lib64"
for library in "$part"/toolkit/lib/lib*.so.*; do
  name=$(basename "$library")
  [ -e "${library%%.so.*}.so" ] || ln -s "$name" "${library%%.so.*}.so"
done
mv "$part/toolkit" "$folder"
rm -rf "$part"
