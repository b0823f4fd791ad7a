# doorward_embed(<target> NAME <name> ROOT <dir> FILES <paths below dir…> | ALL_OF <stamp>)
#
# ALL_OF: whatever lies below ROOT once <stamp> was made.
#
# Puts files into <target> as bytes. `#include "embedded/<name>.hpp"` declares
#   std::optional<std::string_view> doorward::embedded::<name>(std::string_view path);
# which finds a file by its path below ROOT.
function(doorward_embed target)
  cmake_parse_arguments(ARG "" "NAME;ROOT;ALL_OF" "FILES" ${ARGN})
  set(out ${CMAKE_BINARY_DIR}/generated/embedded/${ARG_NAME})
  set(inputs ${ARG_ALL_OF})
  foreach(file IN LISTS ARG_FILES)
    list(APPEND inputs ${ARG_ROOT}/${file})
  endforeach()
  string(REPLACE ";" "," files "${ARG_FILES}")
  add_custom_command(
    OUTPUT ${out}.cpp ${out}.hpp
    COMMAND ${CMAKE_COMMAND} -DNAME=${ARG_NAME} -DROOT=${ARG_ROOT} -DFILES=${files} -DOUT=${out}
            -P ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    DEPENDS ${inputs} ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${out}.cpp ${out}.hpp)
  set_source_files_properties(${out}.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
endfunction()
