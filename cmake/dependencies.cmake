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
# Its -D_FILE_OFFSET_BITS=64 says nothing on 64 bits, and keeps a layer from sharing precompiled headers.
set_property(TARGET PkgConfig::hiredis PROPERTY INTERFACE_COMPILE_OPTIONS)

if(DOORWARD_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
if(DOORWARD_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()
