# The CUDA language, and the options that every CUDA target of this project shares (gpu_sweep_cuda_settings).
#
# By default, code is built for Turing, A100 (and 8.6 to 8.9), H100, B200 (and 10.x) and consumer Blackwell (12.x), as
# machine code. PTX of sm_90 is added for newer cards that the machine code does not cover. Architectures that this nvcc
# does not know are left out. CUDA 12.3, for example, stops at sm_90, so newer cards use the PTX. A driver that is older
# than the toolkit may reject PTX, but it accepts machine code of toolkits with its major version. The lane itself reads
# this list of architectures (engine/lane/cuda/capability.h).
# --fmad=false keeps mul + add apart, as -ffp-contract=off does on the CPU. With CUDA 13 and newer, the build fails on a
# warning and on a kernel that spills registers. An older ptxas may spill (12.3: 4 bytes in the softmax).
set(CMAKE_CUDA_RUNTIME_LIBRARY Shared)
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES AND NOT DEFINED ENV{CUDAARCHS})
  execute_process(COMMAND ${CMAKE_CUDA_COMPILER} --list-gpu-code OUTPUT_VARIABLE known ERROR_QUIET)
  set(CMAKE_CUDA_ARCHITECTURES 75-real 80-real 90 100-real 120-real)
  foreach(architecture IN LISTS CMAKE_CUDA_ARCHITECTURES)
    string(REGEX MATCH "^[0-9]+" number ${architecture})
    if(known AND NOT known MATCHES "sm_${number}[^0-9a-z]")
      list(REMOVE_ITEM CMAKE_CUDA_ARCHITECTURES ${architecture})
    endif()
  endforeach()
endif()
enable_language(CUDA)
set(CMAKE_CUDA_STANDARD 20)
set(CMAKE_CUDA_STANDARD_REQUIRED ON)
set(CMAKE_CUDA_EXTENSIONS OFF)
if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)  # CMake 3.25 does not know that nvcc supports C++20
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
endif()
find_package(CUDAToolkit REQUIRED)

add_library(gpu_sweep_cuda_settings INTERFACE)
target_compile_options(gpu_sweep_cuda_settings INTERFACE
  $<$<COMPILE_LANGUAGE:CUDA>:--fmad=false;--expt-relaxed-constexpr;-lineinfo;-Xcompiler=-ffp-contract=off>)
if(CMAKE_CUDA_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
  target_compile_options(gpu_sweep_cuda_settings INTERFACE
    $<$<COMPILE_LANGUAGE:CUDA>:--Werror=all-warnings;-Xptxas=-warn-spills;-Xptxas=-Werror>
    $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall,-Wextra,-Werror>)
endif()
list(JOIN CMAKE_CUDA_ARCHITECTURES " " architectures)
target_compile_definitions(gpu_sweep_cuda_settings INTERFACE
  "$<$<COMPILE_LANGUAGE:CXX>:GPU_SWEEP_CUDA_ARCHITECTURES=\"${architectures}\">")
target_link_libraries(gpu_sweep_cuda_settings INTERFACE CUDA::cudart)

# Tests use cuDNN as an oracle, and kernel_bench uses it as a baseline. The program never needs it.
find_path(CUDNN_INCLUDE_DIR cudnn.h HINTS ${CUDAToolkit_INCLUDE_DIRS})
find_library(CUDNN_LIBRARY cudnn HINTS ${CUDAToolkit_LIBRARY_DIR} ${CUDAToolkit_LIBRARY_ROOT}/lib)
if(CUDNN_INCLUDE_DIR AND CUDNN_LIBRARY)
  add_library(cudnn INTERFACE)
  target_include_directories(cudnn SYSTEM INTERFACE ${CUDNN_INCLUDE_DIR})
  target_link_libraries(cudnn INTERFACE ${CUDNN_LIBRARY})
else()
  message(STATUS "cuDNN not found: no cudnn_tests and no kernel_bench_cudnn")
endif()
