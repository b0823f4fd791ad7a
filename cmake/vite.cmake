# doorward_vite(<stamp> ROOT <dir> OUT <dir>)
#
# Builds a page of ours with Vite, when its sources changed, into OUT; <stamp> is set to the file that is touched when it
# is done. Its packages are installed by its lock file once; after that nothing is fetched.
function(doorward_vite stamp)
  cmake_parse_arguments(ARG "" "ROOT;OUT" "" ${ARGN})
  find_program(DOORWARD_NODE node REQUIRED)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${ARG_ROOT}/src/* ${ARG_ROOT}/public/*)
  list(APPEND sources ${ARG_ROOT}/index.html ${ARG_ROOT}/vite.config.ts ${ARG_ROOT}/tsconfig.json)
  set(modules ${ARG_ROOT}/node_modules)
  add_custom_command(
    OUTPUT ${ARG_OUT}.packages
    COMMAND ${CMAKE_SOURCE_DIR}/tools/npm-packages ${ARG_ROOT}
    COMMAND ${CMAKE_COMMAND} -E touch ${ARG_OUT}.packages
    DEPENDS ${ARG_ROOT}/package.json ${ARG_ROOT}/package-lock.json ${CMAKE_SOURCE_DIR}/tools/npm-packages
    VERBATIM)
  add_custom_command(
    OUTPUT ${ARG_OUT}.stamp
    COMMAND ${DOORWARD_NODE} ${modules}/typescript/bin/tsc --noEmit -p ${ARG_ROOT}
    COMMAND ${DOORWARD_NODE} ${modules}/vite/bin/vite.js build --logLevel warn --emptyOutDir --outDir ${ARG_OUT}
    COMMAND ${CMAKE_COMMAND} -E touch ${ARG_OUT}.stamp
    WORKING_DIRECTORY ${ARG_ROOT}
    DEPENDS ${ARG_OUT}.packages ${sources}
    VERBATIM)
  set(${stamp} ${ARG_OUT}.stamp PARENT_SCOPE)
endfunction()
