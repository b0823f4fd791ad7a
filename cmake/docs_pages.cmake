# doorward_docs_pages(<stamp> ROOT <dir> OUT <dir>)
#
# Puts the pages of /docs and /redoc into OUT by ROOT/build.mjs, when something of theirs changed; <stamp> is set to the file
# that is touched when it is done. Its packages are installed by its lock file once; after that nothing is fetched.
function(doorward_docs_pages stamp)
  cmake_parse_arguments(ARG "" "ROOT;OUT" "" ${ARGN})
  find_program(DOORWARD_NODE node REQUIRED)
  file(GLOB sources CONFIGURE_DEPENDS ${ARG_ROOT}/src/*)
  add_custom_command(
    OUTPUT ${ARG_OUT}.stamp
    COMMAND ${CMAKE_SOURCE_DIR}/tools/npm-packages ${ARG_ROOT}
    COMMAND ${DOORWARD_NODE} ${ARG_ROOT}/build.mjs ${ARG_OUT}
    COMMAND ${CMAKE_COMMAND} -E touch ${ARG_OUT}.stamp
    DEPENDS ${ARG_ROOT}/package.json ${ARG_ROOT}/package-lock.json ${ARG_ROOT}/build.mjs ${sources}
            ${CMAKE_SOURCE_DIR}/tools/npm-packages
    VERBATIM)
  set(${stamp} ${ARG_OUT}.stamp PARENT_SCOPE)
endfunction()
