// Finds names of functions that their library does not export, such as kernels in anonymous namespaces.
#pragma once

#include <string>

namespace simt {

/// Returns the mangled name of the function that starts at this address. The name comes from the symbol table
/// in the file of its library. Returns an empty string if the table does not contain the function, as in a
/// stripped file.
std::string symbol_of(const void* function);

}  // namespace simt
