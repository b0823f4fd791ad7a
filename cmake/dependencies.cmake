# Everything that is linked and not ours. Debian 12 packages; see tools/packages.txt.

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(OpenSSL 3 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)

# Flags that every target of ours is built with.
add_library(doorward_flags INTERFACE)
target_include_directories(doorward_flags INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/generated)
target_compile_options(doorward_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Werror
  -fno-omit-frame-pointer $<$<CONFIG:Debug>:-g1> $<$<CONFIG:RelWithDebInfo>:-O2;-g1>)
# GCC 12 reports these falsely inside coroutine frames and inlined std::string.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(doorward_flags INTERFACE
    -Wno-restrict -Wno-maybe-uninitialized -Wno-dangling-pointer -Wno-stringop-overflow -Wno-array-bounds)
endif()
target_link_options(doorward_flags INTERFACE -fuse-ld=lld)
if(DOORWARD_SANITIZE)
  add_compile_options(-fsanitize=${DOORWARD_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DOORWARD_SANITIZE})
  if(DOORWARD_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio and libstdc++ use fences in places that are guarded otherwise.
    add_compile_options(-Wno-tsan)
  endif()
endif()

# Asio and Beast compiled once, not in every file.
add_library(doorward_asio STATIC ${CMAKE_SOURCE_DIR}/cmake/asio.cpp)
target_compile_features(doorward_asio PUBLIC cxx_std_20)
target_compile_definitions(doorward_asio PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_DISABLE_BOOST_COROUTINE)
target_link_libraries(doorward_asio PUBLIC Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)

if(DOORWARD_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
if(DOORWARD_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()
