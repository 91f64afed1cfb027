"""Lets a library do without one function of a newer C library: lower_glibc.py FILE SYMBOL

FILE needs SYMBOL from the C library in a version that older C libraries lack. Afterwards the loader takes SYMBOL from
any library that has it, in any version. The old version's entry in the table of needed versions is replaced by another
version that FILE needs of the C library anyway; no other symbol of FILE may need the old one. Layouts: System V ABI, and
"Symbol Versioning" of the Linux Standard Base Core Specification.
"""

import pathlib
import struct
import sys

SECTION = struct.Struct("<IIQQQQIIQQ")  # Elf64_Shdr
SYMBOL = struct.Struct("<IBBHQQ")  # Elf64_Sym
NEED = struct.Struct("<HHIII")  # Elf64_Verneed: version, count, file, first, next
NEEDED_VERSION = struct.Struct("<IHHII")  # Elf64_Vernaux: hash, flags, index, name, next
DYNSYM, VERSYM, VERNEED = 11, 0x6FFFFFFF, 0x6FFFFFFE
GLOBAL = 1  # the index of "no version"


class Library:
    def __init__(self, data):
        self.data = data
        start, = struct.unpack_from("<Q", data, 40)
        count, = struct.unpack_from("<H", data, 60)
        self.sections = [SECTION.unpack_from(data, start + i * SECTION.size) for i in range(count)]

    def section(self, kind):
        """Returns the offset and size in the file of the section of this kind, and the offset of its names."""
        found = next((s for s in self.sections if s[1] == kind), None)
        if not found:
            sys.exit("lower_glibc: no versioned dynamic symbols")
        names = self.sections[found[6]][4]
        return found[4], found[5], names

    def name(self, place):
        return self.data[place : self.data.index(b"\0", place)].decode()

    def symbols(self):
        """Yields the dynamic symbols as (name, offset of the version's index)."""
        place, size, names = self.section(DYNSYM)
        versions, _, _ = self.section(VERSYM)
        for i in range(size // SYMBOL.size):
            name = SYMBOL.unpack_from(self.data, place + i * SYMBOL.size)[0]
            yield self.name(names + name), versions + 2 * i

    def needed_versions(self):
        """Yields, for each needed library, the offsets of its versions."""
        place, _, _ = self.section(VERNEED)
        while True:
            _, count, _, first, following = NEED.unpack_from(self.data, place)
            entries, entry = [], place + first
            for _ in range(count):
                entries.append(entry)
                entry += NEEDED_VERSION.unpack_from(self.data, entry)[4]
            yield entries
            if following == 0:
                return
            place += following


def lower(data, symbol):
    library = Library(data)
    index_place = next((place for name, place in library.symbols() if name == symbol), None)
    if index_place is None:
        sys.exit(f"lower_glibc: nothing is called {symbol}")
    index, = struct.unpack_from("<H", data, index_place)
    struct.pack_into("<H", data, index_place, GLOBAL)
    others = [name for name, place in library.symbols() if struct.unpack_from("<H", data, place)[0] == index]
    if others:
        sys.exit(f"lower_glibc: {', '.join(others)} of the same version as {symbol}")
    for entries in library.needed_versions():
        fields = [NEEDED_VERSION.unpack_from(data, entry) for entry in entries]
        for entry, (_, flags, own, _, following) in zip(entries, fields):
            if own == index:
                kept = next(f for f in fields if f[2] != index)
                NEEDED_VERSION.pack_into(data, entry, kept[0], flags, own, kept[3], following)
                return
    sys.exit(f"lower_glibc: {symbol} has no version of a library")


if __name__ == "__main__":
    path = pathlib.Path(sys.argv[1])
    contents = bytearray(path.read_bytes())
    lower(contents, sys.argv[2])
    path.write_bytes(contents)
