# Two ways to compile faster: precompiled headers, and compiling sources together. Neither can hide a missing #include
# in engine and kernels for long: they have no precompiled headers, and without GPU_SWEEP_UNITY each source is compiled
# alone.
option(GPU_SWEEP_PRECOMPILE "Parse the headers that tests or commands share once" ON)
option(GPU_SWEEP_UNITY "Compile the sources of a folder together: much faster from scratch, slower after an edit" OFF)

# gpu_sweep_precompile(TARGET HEADER...): parses each HEADER once for all sources of the target. It must be used only
# for code that is compiled with -O1 at most: from -O2 on, g++ 12 wrongly warns about overflows in a precompiled
# std::string.
function(gpu_sweep_precompile target)
  if(GPU_SWEEP_PRECOMPILE AND NOT GPU_SWEEP_FUZZ)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()

# gpu_sweep_compile_together(TARGET): if GPU_SWEEP_UNITY is set, the sources of each folder are compiled as one unit.
# Call it when the target has all its sources.
function(gpu_sweep_compile_together target)
  if(NOT GPU_SWEEP_UNITY)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  get_target_property(base ${target} SOURCE_DIR)
  foreach(source IN LISTS sources)
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${base} OUTPUT_VARIABLE path)
    cmake_path(GET path PARENT_PATH folder)
    cmake_path(RELATIVE_PATH folder BASE_DIRECTORY ${PROJECT_SOURCE_DIR})
    string(MAKE_C_IDENTIFIER "${folder}" group)
    set_source_files_properties(${source} TARGET_DIRECTORY ${target} PROPERTIES UNITY_GROUP ${group})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()
