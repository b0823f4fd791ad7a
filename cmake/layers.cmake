# One static library and one test program a layer; files are found by their place and name:
#   x.cpp            the layer's library
#   x_test.cpp       the layer's test program, run by CTest case by case
#   x_benchmark.cpp  the layer's benchmark program
#
# doorward_layer(<name> [ASIO] SEES <layers…> [LINK <libraries…>] [TEST_LINK <libraries…>])
# ASIO: the layer's files use the precompiled Asio headers.
function(doorward_layer name)
  cmake_parse_arguments(ARG "ASIO" "" "SEES;LINK;TEST_LINK" ${ARGN})
  set(dir ${CMAKE_SOURCE_DIR}/src/${name})
  file(GLOB_RECURSE all CONFIGURE_DEPENDS ${dir}/*.cpp)
  set(tests ${all})
  set(benchmarks ${all})
  set(sources ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER benchmarks INCLUDE REGEX "_benchmark\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "(_test|_benchmark|/main)\\.cpp$")
  list(TRANSFORM ARG_SEES PREPEND doorward_)

  if(sources)
    add_library(doorward_${name} STATIC ${sources})
    set(scope PUBLIC)
    if(ARG_ASIO)
      target_precompile_headers(doorward_${name} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch_asio.hpp)
    endif()
  else()
    add_library(doorward_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_link_libraries(doorward_${name} ${scope} doorward_flags ${ARG_SEES} ${ARG_LINK} Boost::headers)
  if(ARG_ASIO)
    target_link_libraries(doorward_${name} ${scope} doorward_asio)
  endif()

  if(DOORWARD_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE doorward_${name} GTest::gmock GTest::gtest_main ${ARG_TEST_LINK})
    if(ARG_ASIO AND sources)
      target_precompile_headers(${name}_test REUSE_FROM doorward_${name})
    endif()
    gtest_discover_tests(${name}_test TEST_PREFIX ${name}. DISCOVERY_MODE PRE_TEST
      PROPERTIES TIMEOUT 300 LABELS unit)
  endif()
  if(DOORWARD_BENCHMARKS AND benchmarks)
    add_executable(${name}_benchmark ${benchmarks})
    target_link_libraries(${name}_benchmark PRIVATE doorward_${name} benchmark::benchmark_main)
  endif()
endfunction()
