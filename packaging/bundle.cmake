# The parts that ./run bundle needs in addition to the installed ones (bundle/make.sh).

# The bundle's bin/NAME. Because it chooses the C++ runtime, it does not use one itself.
add_executable(gpu_sweep_launcher bundle/launcher.cpp)
target_link_libraries(gpu_sweep_launcher PRIVATE gpu_sweep_settings)
target_compile_options(gpu_sweep_launcher PRIVATE -fno-exceptions -fno-rtti)
target_link_options(gpu_sweep_launcher PRIVATE -nodefaultlibs -lc)

# A function that the carried libstdc++ needs if the machine's glibc is older than the one it was built with.
add_library(gpu_sweep_arc4random SHARED bundle/arc4random.cpp)
set_target_properties(gpu_sweep_arc4random PROPERTIES NO_SONAME ON)
target_link_libraries(gpu_sweep_arc4random PRIVATE gpu_sweep_settings)
target_link_options(gpu_sweep_arc4random PRIVATE -nodefaultlibs -lc)

add_custom_target(gpu_sweep_bundle_parts DEPENDS
  gpu_sweep gpu_sweep_pages gpu_sweep_changelog gpu_sweep_launcher gpu_sweep_arc4random)
if(GPU_SWEEP_MPI)
  add_dependencies(gpu_sweep_bundle_parts gpu_sweep_mpi)
endif()
if(GPU_SWEEP_CUDA)
  add_dependencies(gpu_sweep_bundle_parts gpu_sweep_cuda)
  find_file(GPU_SWEEP_CUB_HEADER cub/cub.cuh HINTS ${CUDAToolkit_INCLUDE_DIRS} PATH_SUFFIXES cccl)  # has its license
endif()

# The programs of this build that --with-tests adds.
add_custom_target(gpu_sweep_bundle_tests DEPENDS gpu_sweep_bundle_parts study_bench)
foreach(program kernel_bench kernel_bench_cudnn copy_rate product_algorithms)
  if(TARGET ${program})
    add_dependencies(gpu_sweep_bundle_tests ${program})
  endif()
endforeach()
foreach(test kernel_tests_cuda library_tests_cuda cudnn_tests)
  if(GPU_SWEEP_TESTS AND GPU_SWEEP_CUDA AND (NOT test STREQUAL cudnn_tests OR TARGET cudnn))
    add_dependencies(gpu_sweep_bundle_tests ${test})
  endif()
endforeach()
