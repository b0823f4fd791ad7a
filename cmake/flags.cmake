# How every target of ours is compiled.

# Asserts stay on in a release: they are cheap, and a wrong queue is worse than a slow one.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-g1")
set(CMAKE_C_FLAGS_DEBUG "-g1")

# No path of the machine that built it ends up in the binary.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)

add_library(doorward_flags INTERFACE)
target_include_directories(doorward_flags INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/generated)
target_compile_options(doorward_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  -fno-omit-frame-pointer)
target_link_options(doorward_flags INTERFACE -fuse-ld=lld)

# GCC decides what is an error. Clang builds the fuzz targets only.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports the switched-off ones falsely inside coroutine frames and inlined std::string.
  target_compile_options(doorward_flags INTERFACE -Werror
    -Wno-restrict -Wno-maybe-uninitialized -Wno-dangling-pointer -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds -Wno-mismatched-new-delete)
endif()

if(DOORWARD_SANITIZE)
  # A third less to compile than -O1, and twice as fast to run as nothing.
  add_compile_options(-Og -fsanitize=${DOORWARD_SANITIZE} -fno-sanitize-recover=all)
  if(DOORWARD_SANITIZE MATCHES undefined AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # A check at every use of a pointer: twice the time to compile. AddressSanitizer sees the null and the
    # too short object by itself; the fuzz targets are built with all of them.
    add_compile_options(-fno-sanitize=null,object-size,alignment,vptr)
  endif()
  add_link_options(-fsanitize=${DOORWARD_SANITIZE})
  if(DOORWARD_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio and libstdc++ use fences in places that are guarded otherwise.
    add_compile_options(-Wno-tsan)
  endif()
endif()
if(DOORWARD_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Asio and Beast compiled once, not in every file.
add_library(doorward_asio STATIC ${CMAKE_SOURCE_DIR}/cmake/asio.cpp)
target_compile_features(doorward_asio PUBLIC cxx_std_20)
target_compile_definitions(doorward_asio PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_DISABLE_BOOST_COROUTINE
  # Frames and operations from `operator new`: glibc's aligned_alloc takes nothing from a thread's
  # own store, and none of them wants more than the 16 bytes that every allocation is aligned to.
  BOOST_ASIO_DISABLE_STD_ALIGNED_ALLOC BOOST_ASIO_DISABLE_BOOST_ALIGN)
target_link_libraries(doorward_asio PUBLIC Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
