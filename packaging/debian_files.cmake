# The files that Debian expects in every package: license, changelog and, for wrong findings of lintian, overrides.
file(STRINGS debian/changelog latest_change LIMIT_COUNT 1)
if(NOT latest_change MATCHES "^gpu-sweep \\(${PROJECT_VERSION}\\) ")
  message(FATAL_ERROR "packaging/debian/changelog begins with '${latest_change}', expected version ${PROJECT_VERSION}")
endif()

file(STRINGS ${PROJECT_SOURCE_DIR}/CHANGELOG.md latest_section REGEX "^## " LIMIT_COUNT 1)
if(NOT latest_section MATCHES "^## ${PROJECT_VERSION} \\(")
  message(FATAL_ERROR "CHANGELOG.md begins with '${latest_section}', expected version ${PROJECT_VERSION}: '## ${PROJECT_VERSION} (DATE)'")
endif()
# CMake reads both files again when they change. Otherwise they could be out of date in an existing build folder.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS debian/changelog ${PROJECT_SOURCE_DIR}/CHANGELOG.md)

# indented_licence(FILE VARIABLE): formats the text of a license as a field of a copyright file.
function(indented_licence file variable)
  file(READ ${file} text)
  string(REGEX REPLACE "^[^\n]*\n\n" "" text "${text}")  # its title
  string(REGEX REPLACE "\n+$" "" text "${text}")
  string(REPLACE "\n" "\n " text " ${text}")
  string(REPLACE "\n \n" "\n .\n" text "${text}")
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()
indented_licence(${PROJECT_SOURCE_DIR}/LICENSE licence)
indented_licence(${PROJECT_SOURCE_DIR}/engine/report/html/page/vega_license.txt vega_licence)
configure_file(debian/copyright.in copyright @ONLY)

set(changelog ${CMAKE_CURRENT_BINARY_DIR}/changelog.gz)
add_custom_command(OUTPUT ${changelog}
  COMMAND gzip -9nc ${CMAKE_CURRENT_SOURCE_DIR}/debian/changelog > ${changelog}
  DEPENDS debian/changelog VERBATIM)
add_custom_target(gpu_sweep_changelog ALL DEPENDS ${changelog})

# debian_files(COMPONENT PACKAGE)
function(debian_files component package)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/copyright ${changelog}
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${component})
  set(overrides ${CMAKE_CURRENT_SOURCE_DIR}/debian/${package}.lintian-overrides)
  if(EXISTS ${overrides})
    install(FILES ${overrides} RENAME ${package}
      DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides COMPONENT ${component})
  endif()
endfunction()
