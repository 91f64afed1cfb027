# gpu_sweep_test(NAME file.cpp... [LIBRARIES lib...] [LABELS label...] [PREFIX prefix] [TIMEOUT seconds]
#                [WITHOUT_ENGINE])
# Adds a GoogleTest executable in build/tests. ctest knows each of its tests by the prefix and the test's own name.
# Labels, among others: slow (run by hand), ci_slow (continuous integration), tsan (worth a run under ThreadSanitizer;
# the target tsan_tests builds only these), unsanitized (too slow for AddressSanitizer in continuous integration, which
# runs the same code in other tests), gpu (needs a card, and reports it if there is none). A test whose parameter is
# named cuda or cuda_... gets the label gpu automatically, and does not share the card with other tests.
find_package(GTest REQUIRED)
include(GoogleTest)

if(NOT TARGET tsan_tests)
  add_custom_target(tsan_tests)
  # The settings that all tests share: the test libraries, and less optimization than for the program, because
  # instrumented tests take most of a sanitizer build's time. The tests also share the precompiled headers of the target
  # test_headers, which is an executable, because the headers must be compiled with -fPIE like the tests.
  add_library(gpu_sweep_test_settings INTERFACE)
  target_link_libraries(gpu_sweep_test_settings INTERFACE gpu_sweep_settings GTest::gtest_main GTest::gmock)
  target_compile_options(gpu_sweep_test_settings INTERFACE $<IF:$<CONFIG:Release>,-O1,-O0>)
  if(GPU_SWEEP_PRECOMPILE)
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/test_headers.cpp CONTENT "")
    add_executable(test_headers EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/test_headers.cpp)
    target_link_libraries(test_headers PRIVATE gpu_sweep_test_settings)
    set_target_properties(test_headers PROPERTIES GPU_SWEEP_IS_TEST ON)
    gpu_sweep_precompile(test_headers
      <algorithm> <cmath> <filesystem> <fstream> <functional> <map> <memory> <optional> <random> <set> <string>
      <thread> <vector> <gtest/gtest.h> <gmock/gmock.h> <nlohmann/json.hpp>)
  endif()
endif()

function(gpu_sweep_test name)
  cmake_parse_arguments(arg "WITHOUT_ENGINE" "PREFIX;TIMEOUT" "LIBRARIES;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE gpu_sweep_test_settings ${arg_LIBRARIES})
  if(TARGET test_headers)
    target_precompile_headers(${name} REUSE_FROM test_headers)
  endif()
  if(NOT arg_WITHOUT_ENGINE)
    target_link_libraries(${name} PRIVATE gpu_sweep_engine)
  endif()
  if(tsan IN_LIST arg_LABELS)
    add_dependencies(tsan_tests ${name})
    if(GPU_SWEEP_SANITIZE STREQUAL thread)
      target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/support/tsan_suppressions.cpp)
    endif()
  endif()
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests GPU_SWEEP_IS_TEST ON)
  if(GPU_SWEEP_SANITIZE AND arg_LABELS MATCHES slow)  # not run under sanitizers, so not compiled
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
    return()
  endif()
  gtest_discover_tests(${name} TEST_PREFIX "${arg_PREFIX}" NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60
    TEST_LIST ${name}_names PROPERTIES TIMEOUT ${arg_TIMEOUT})
  # gtest_discover_tests keeps only the first of several labels, so the labels are set once the tests are known.
  set(labels ${CMAKE_CURRENT_BINARY_DIR}/${name}_labels.cmake)
  file(CONFIGURE OUTPUT ${labels} @ONLY CONTENT [[
foreach(test IN LISTS @name@_names)
  set(labels "@arg_LABELS@")
  if(test MATCHES "/cuda(_|$)")
    list(APPEND labels gpu)
    set_tests_properties("${test}" PROPERTIES RESOURCE_LOCK card)
  endif()
  set_tests_properties("${test}" PROPERTIES LABELS "${labels}")
endforeach()
]])
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${labels})
endfunction()
