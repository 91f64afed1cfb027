# cpack -G DEB in the build folder: one package per component. Dependencies are read from the binaries.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME gpu-sweep)
set(CPACK_PACKAGE_VENDOR "the gpu_sweep authors")
# DEBFULLNAME and DEBEMAIL name the maintainer of the packages. Debian's own tools use the same variables.
if(NOT CPACK_PACKAGE_CONTACT)
  if(DEFINED ENV{DEBEMAIL} AND DEFINED ENV{DEBFULLNAME})
    set(CPACK_PACKAGE_CONTACT "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
  else()
    set(CPACK_PACKAGE_CONTACT "the gpu_sweep authors <gpu_sweep@example.org>")
  endif()
endif()
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)

# deb_package(COMPONENT NAME): adds a package of that name, with the dependencies of its binaries.
macro(deb_package component name)
  string(TOUPPER ${component} upper)
  list(APPEND CPACK_COMPONENTS_ALL ${component})
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${name})
  set(CPACK_DEBIAN_${upper}_PACKAGE_SHLIBDEPS ON)
  debian_files(${component} ${name})
endmacro()
set(same_version "(= ${PROJECT_VERSION})")

deb_package(program gpu-sweep)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS dataset-fashion-mnist)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS gpu-sweep-mpi)
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION
  "Trains every model many times, and reports mean, spread and significance\ninstead of one number.")

set(library libgpu-sweep${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
deb_package(library ${library})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
# The file shlibs of the library package. CPack could make it, but would complain about libraries that are not meant
# for linking.
set(shlibs ${CMAKE_CURRENT_BINARY_DIR}/shlibs)
file(CONFIGURE OUTPUT ${shlibs} CONTENT
  "libgpu_sweep ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR} ${library} (>= ${PROJECT_VERSION})\n")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_SOURCE_DIR}/debian/triggers ${shlibs})
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION
  "The engine of gpu_sweep as a library\nWhat programs need that were built with gpu-sweep-dev.")

deb_package(development gpu-sweep-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${library} ${same_version}")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
  "Headers of the engine of gpu_sweep\nAnd what CMake's find_package needs to build with its library.")

# MPI has a package of its own, so that machines outside a cluster need no Open MPI.
if(GPU_SWEEP_MPI)
  deb_package(mpi gpu-sweep-mpi)
  set(CPACK_DEBIAN_MPI_PACKAGE_DEPENDS "gpu-sweep ${same_version}, openmpi-bin")
  set(CPACK_COMPONENT_MPI_DESCRIPTION
    "gpu_sweep on several machines\nWhat gpu_sweep run needs under mpirun or srun: its side of Open MPI.")
endif()

# NVIDIA's libraries come from the user's CUDA toolkit, not from a Debian package.
if(GPU_SWEEP_CUDA)
  deb_package(cuda gpu-sweep-cuda)
  set(CPACK_DEBIAN_CUDA_PACKAGE_DEPENDS "gpu-sweep ${same_version} | ${library} ${same_version}")
  set(CPACK_COMPONENT_CUDA_DESCRIPTION
    "The CUDA lane of gpu_sweep\nTrains on NVIDIA GPUs. Needs the CUDA runtime and cuBLAS of NVIDIA's toolkit,\nCUDA ${CUDAToolkit_VERSION_MAJOR}.")
endif()
include(CPack)
