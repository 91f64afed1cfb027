# Sets GPU_SWEEP_NVCC_FOUND. Also sets CMAKE_CUDA_COMPILER, unless it is set already, because check_language does not
# find an nvcc outside PATH.
find_program(GPU_SWEEP_NVCC nvcc HINTS ENV CUDA_HOME ENV CUDA_PATH PATHS /usr/local/cuda PATH_SUFFIXES bin)
if(GPU_SWEEP_NVCC)
  set(GPU_SWEEP_NVCC_FOUND ON)
  if(NOT DEFINED CMAKE_CUDA_COMPILER)
    set(CMAKE_CUDA_COMPILER ${GPU_SWEEP_NVCC})
  endif()
else()
  set(GPU_SWEEP_NVCC_FOUND OFF)
endif()
