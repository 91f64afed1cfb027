# Compiler settings that every target shares.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
add_link_options(-Wl,-z,relro,-z,now)  # makes the function tables of a running program read-only
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

# -ffp-contract=off: whether a * b + c is fused must not depend on the machine or the compiler, because the
# project's own operations must give the same bits everywhere. Code that wants fused operations calls std::fma.
# -Wno-restrict: g++ 12 wrongly reports overlapping copies in std::string's operator+.
add_library(gpu_sweep_settings INTERFACE)
target_compile_options(gpu_sweep_settings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wshadow;-Wpointer-arith;-Wnon-virtual-dtor;$<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>;-Werror;-ffp-contract=off>)
target_include_directories(gpu_sweep_settings INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
if(GPU_SWEEP_SANITIZE)
  # UndefinedBehaviorSanitizer does not instrument the tests themselves, only what they test. Otherwise a test would
  # take half as long again to compile. A target with the property GPU_SWEEP_IS_TEST is a test.
  # -Wno-maybe-uninitialized: g++'s manual expects false warnings under sanitizers. The plain build keeps the warning.
  target_compile_options(gpu_sweep_settings INTERFACE
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-Wno-maybe-uninitialized>
    $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${GPU_SWEEP_SANITIZE};-fno-omit-frame-pointer;-fno-sanitize-recover=all>
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:$<TARGET_PROPERTY:GPU_SWEEP_IS_TEST>>>:-fno-sanitize=undefined>)
  target_link_options(gpu_sweep_settings INTERFACE -fsanitize=${GPU_SWEEP_SANITIZE})
endif()
if(GPU_SWEEP_FUZZ)
  # Coverage for libFuzzer, and sanitizers that turn silent errors into findings.
  set(fuzz_sanitizers fuzzer-no-link,address,undefined)
  target_compile_options(gpu_sweep_settings INTERFACE
    -fsanitize=${fuzz_sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(gpu_sweep_settings INTERFACE -fsanitize=${fuzz_sanitizers})
endif()
