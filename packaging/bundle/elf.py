"""Checks what the ELF files of a folder need, and whether other machines have it.

    elf.py libraries ROOT            prints the libraries to carry, as this machine's loader finds them, in lines of
                                     "SONAME FILE"
    elf.py needs ROOT                prints lib/compat/NEEDS: "LIBRARY SYMBOL VERSION" for every version needed of the
                                     libraries in lib/compat
    elf.py check ROOT MOST_GLIBC     fails if a file needs a newer glibc, if a search path may mean the working
                                     directory or a folder of this machine, or if a library is neither carried nor
                                     expected on the machine
"""

import pathlib
import re
import subprocess
import sys

# Every machine has the C library, which belongs to its loader, and libgcc_s, which the C library itself opens.
LIBC = re.compile(r"(ld-linux-x86-64|libc|libm|libdl|libpthread|librt|libresolv|libutil|libgcc_s)\.so")
# These libraries come with the user's own CUDA, cuDNN and MPI.
MACHINE = re.compile(r"lib(cudart|cublas|cublasLt|cudnn|mpi)\.so")
SYSTEM_FOLDERS = ("/usr/local/cuda",)  # allowed in a search path


def text_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Elf:
    def __init__(self, path):
        self.path = path
        dynamic = text_of("readelf", "-dW", path)
        self.needed = re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)
        self.search = re.findall(r"\((?:RPATH|RUNPATH)\).*\[(.*)\]", dynamic)

    def versions(self):
        """Returns the names of the symbol versions that the file needs from other libraries."""
        needs = text_of("readelf", "-VW", self.path).partition("Version needs section")[2]
        return set(re.findall(r"Name: (\S+)", needs))

    def symbols(self):
        """Returns the versioned dynamic symbols that the file defines, and those that it needs, as (name, version)."""
        defined, taken = set(), set()
        for line in text_of("readelf", "--dyn-syms", "-W", self.path).splitlines():
            match = re.search(r" (\S+) ([^\s@]+)@@?([^\s@]+)(?: \(\d+\))?$", line)
            if match:
                (taken if match[1] == "UND" else defined).add((match[2], match[3]))
        return defined, taken


def elf_files(root):
    found = []
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    found.append(Elf(path))
    return found


def libraries(root):
    chosen = {}
    pending = elf_files(root)
    while pending:
        elf = pending.pop()
        if all(LIBC.match(name) or MACHINE.match(name) or name in chosen for name in elf.needed):
            continue
        places = dict(re.findall(r"^\s*(\S+) => (/\S+)", text_of("ldd", elf.path), re.MULTILINE))
        for name in elf.needed:
            if LIBC.match(name) or MACHINE.match(name) or name in chosen:
                continue
            if name not in places:
                sys.exit(f"{elf.path} needs {name}, which this machine does not have")
            chosen[name] = Elf(pathlib.Path(places[name]))
            pending.append(chosen[name])
    for name, elf in sorted(chosen.items()):
        print(name, elf.path)


def needs(root):
    taken = set().union(*(elf.symbols()[1] for elf in elf_files(root)))
    for folder in sorted((root / "lib/compat").iterdir()):
        if not folder.is_dir():
            continue
        defined = Elf(folder / folder.name).symbols()[0]
        symbol_of = {version: symbol for symbol, version in sorted(defined & taken, reverse=True)}
        if not symbol_of:
            sys.exit(f"nothing needs a version of {folder.name}")
        for version, symbol in sorted(symbol_of.items()):
            print(folder.name, symbol, version)


def number(version):
    return tuple(int(part) for part in version.split("."))


def faults(elf, carried, most):
    for version in elf.versions():
        if version.startswith("GLIBC_") and (not version[6:7].isdigit() or number(version[6:]) > number(most)):
            yield f"needs {version}, expected at most GLIBC_{most}"
    for element in (element for search in elf.search for element in search.split(":")):
        if not element.startswith("$ORIGIN") and not element.startswith(SYSTEM_FOLDERS):
            yield f"looks for libraries in '{element}', expected $ORIGIN or {' or '.join(SYSTEM_FOLDERS)}"
    for name in elf.needed:
        if not (LIBC.match(name) or MACHINE.match(name) or name in carried):
            yield f"needs {name}, which is not carried"


def check(root, most):
    files = elf_files(root)
    carried = {elf.path.name for elf in files}
    complaints = [f"{elf.path}: {fault}" for elf in files for fault in faults(elf, carried, most)]
    if not files:
        complaints = [f"{root}: found no ELF file"]
    newest = max((number(v[6:]) for elf in files for v in elf.versions() if re.match(r"GLIBC_\d", v)), default=(0,))
    print(*complaints, sep="\n", end="\n" if complaints else "")
    print(f"{len(files)} ELF files need at most GLIBC_{'.'.join(map(str, newest))}")
    return 1 if complaints else 0


def main():
    if sys.argv[1] == "check":
        return check(pathlib.Path(sys.argv[2]), sys.argv[3])
    return {"libraries": libraries, "needs": needs}[sys.argv[1]](pathlib.Path(sys.argv[2]))


if __name__ == "__main__":
    sys.exit(main())
