// Names of functions that no library exports: kernels mostly stand in anonymous namespaces.
#pragma once

#include <string>

namespace simt {

/// The mangled name of the function that starts at this address, from the symbol table of its library's file;
/// empty where it is not there, as in a stripped file.
std::string symbol_of(const void* function);

}  // namespace simt
