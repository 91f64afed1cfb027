# cpack -G DEB in the build folder: one package a component. Dependencies are read from the binaries.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME gpu-sweep)
set(CPACK_PACKAGE_VENDOR "the gpu_sweep authors")
# Who builds packages for others says who answers for them, as Debian's own tools have it.
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

set(CPACK_COMPONENTS_ALL program development)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME gpu-sweep)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS dataset-fashion-mnist)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS gpu-sweep-mpi)
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION
  "Trains every model many times, and reports mean, spread and significance\ninstead of one number.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME gpu-sweep-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
  "The engine of gpu_sweep as a library\nThe shared library, its headers, and what CMake's find_package needs.")

# A package of its own, so that a machine without a cluster needs no Open MPI.
if(GPU_SWEEP_MPI)
  list(APPEND CPACK_COMPONENTS_ALL mpi)
  set(CPACK_DEBIAN_MPI_PACKAGE_NAME gpu-sweep-mpi)
  set(CPACK_DEBIAN_MPI_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_MPI_PACKAGE_DEPENDS "gpu-sweep (= ${PROJECT_VERSION}), openmpi-bin")
  set(CPACK_COMPONENT_MPI_DESCRIPTION
    "gpu_sweep on several machines\nWhat gpu_sweep run needs under mpirun or srun: its side of Open MPI.")
endif()

if(GPU_SWEEP_CUDA)
  # No Debian package provides NVIDIA's own libraries: the user's CUDA toolkit does.
  list(APPEND CPACK_COMPONENTS_ALL cuda)
  set(CPACK_DEBIAN_CUDA_PACKAGE_NAME gpu-sweep-cuda)
  set(CPACK_DEBIAN_CUDA_PACKAGE_SHLIBDEPS OFF)
  set(CPACK_DEBIAN_CUDA_PACKAGE_DEPENDS "gpu-sweep | gpu-sweep-dev")
  set(CPACK_COMPONENT_CUDA_DESCRIPTION
    "The CUDA lane of gpu_sweep\nTrains on NVIDIA GPUs. Needs the CUDA ${CUDAToolkit_VERSION_MAJOR} runtime and cuBLAS of NVIDIA's toolkit.")
endif()
include(CPack)
