# Writes a C++ source with the contents of files, so that the program does not need the files at run time:
#   cmake -DOUTPUT=out.cpp -DHEADER=header.h -DFILES=path|path|... -P EmbedFiles.cmake
# The source defines `embedded_file(name)`, declared by the header. A file's name is its last path component.
string(REPLACE "|" ";" files "${FILES}")
file(WRITE ${OUTPUT} "#include \"${HEADER}\"\n\n#include <stdexcept>\n#include <string>\n\nnamespace gpu_sweep {\n\n"
  "std::string_view embedded_file(std::string_view name) {\n")
foreach(path IN LISTS files)
  get_filename_component(name ${path} NAME)
  file(READ ${path} text)
  # A source map is a separate file, and a self-contained page cannot refer to one.
  string(REGEX REPLACE "\n//# sourceMappingURL=[^\n]*" "" text "${text}")
  if(text MATCHES "\\)embedded\"")
    message(FATAL_ERROR "${path} contains the delimiter of the raw string that embeds it")
  endif()
  file(APPEND ${OUTPUT} "  if (name == \"${name}\") return R\"embedded(")
  file(APPEND ${OUTPUT} "${text}")
  file(APPEND ${OUTPUT} ")embedded\";\n")
endforeach()
file(APPEND ${OUTPUT}
  "  throw std::logic_error(\"no embedded file \" + std::string(name));\n}\n\n}  // namespace gpu_sweep\n")
