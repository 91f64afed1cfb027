// Names of functions that their library does not export, such as kernels in anonymous namespaces.
#pragma once

#include <string>

namespace simt {

/// Returns the mangled name of the function that starts at this address, from the symbol table of its
/// library's file, or an empty string if the table does not contain it, as in a stripped file.
std::string symbol_of(const void* function);

}  // namespace simt
