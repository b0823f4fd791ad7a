# doorward_script_test(<name> COMMAND <program> <arguments…> [PYTHON <requirements.txt>] [NPM <dir>]
#                      [LABELS integration|slow|long] [TIMEOUT <seconds>] [ALONE])
#
# A test in another language, run by CTest in the folder of the caller with
#   DOORWARD_BINARY  the program under test
#   DOORWARD_SOURCE  the root of the tree
# LABELS: integration (the default) runs everywhere; slow not under sanitizers in CI; long only in `make nightly`.
# PYTHON: the packages it needs; COMMAND begins with ${DOORWARD_PYTHON}. Made once, in build/venv.
# NPM:    the folder with its package.json and lock file, installed there once.
# ALONE:  measures time or takes both cores; nothing runs beside it.
set(DOORWARD_PYTHON ${CMAKE_SOURCE_DIR}/build/venv/bin/python)

function(doorward_script_test name)
  if(NOT DOORWARD_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "ALONE" "PYTHON;NPM;TIMEOUT" "COMMAND;LABELS" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS integration)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  # By env, which looks for `node` where the test does; CTest would take the system's.
  add_test(NAME ${name} COMMAND env ${ARG_COMMAND} WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT_MODIFICATION "PATH=path_list_prepend:${CMAKE_SOURCE_DIR}/build/node/bin"
    ENVIRONMENT "DOORWARD_BINARY=${CMAKE_BINARY_DIR}/doorward;DOORWARD_SOURCE=${CMAKE_SOURCE_DIR}")
  if(ARG_ALONE)
    set_tests_properties(${name} PROPERTIES RUN_SERIAL ON)
  endif()
  set(needs)
  if(ARG_PYTHON)
    cmake_path(ABSOLUTE_PATH ARG_PYTHON BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    doorward_setup(needs ${ARG_PYTHON} ${CMAKE_SOURCE_DIR}/tools/python-packages)
  endif()
  if(ARG_NPM)
    cmake_path(ABSOLUTE_PATH ARG_NPM BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    doorward_setup(needs ${CMAKE_SOURCE_DIR}/build/node ${CMAKE_SOURCE_DIR}/tools/test-node)
    doorward_setup(needs ${ARG_NPM} ${CMAKE_SOURCE_DIR}/tools/npm-packages)
  endif()
  if(needs)
    set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED "${needs}")
  endif()
endfunction()

# Lets <program> <what> run once before the tests that name the same <what>.
function(doorward_setup list what program)
  cmake_path(RELATIVE_PATH what BASE_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE name)
  set(${list} ${${list}} "${name}" PARENT_SCOPE)
  get_property(known GLOBAL PROPERTY doorward_setups)
  if(NOT name IN_LIST known)
    set_property(GLOBAL APPEND PROPERTY doorward_setups ${name})
    add_test(NAME install.${name} COMMAND ${program} ${what})
    # All write to the same places: one at a time.
    set_tests_properties(install.${name} PROPERTIES
      FIXTURES_SETUP "${name}" LABELS install TIMEOUT 600 RESOURCE_LOCK packages)
  endif()
endfunction()
