# SPDX-License-Identifier: GPL-3.0-or-later
# Called by cpack before it packs: what has another place on RPM systems, and what only Debian reads.
if(NOT CPACK_GENERATOR STREQUAL "RPM")
    return()
endif()

# Debian's QCustomPlot has a name (soname) that no RPM system has: the window brings it, in a folder of its own.
function(take_qcustomplot_along usr)
    execute_process(COMMAND ldd ${usr}/bin/sockstage OUTPUT_VARIABLE libraries COMMAND_ERROR_IS_FATAL ANY)
    if(NOT libraries MATCHES "(libQCustomPlot[^ ]*) => ([^ ]+)")
        message(FATAL_ERROR "sockstage does not ask for QCustomPlot, or it is not found:\n${libraries}")
    endif()
    set(name ${CMAKE_MATCH_1})
    file(REAL_PATH ${CMAKE_MATCH_2} library)
    file(MAKE_DIRECTORY ${usr}/lib64/sockstage)
    file(COPY_FILE ${library} ${usr}/lib64/sockstage/${name})
    execute_process(
        COMMAND patchelf --set-rpath "\$ORIGIN/../lib64/sockstage" ${usr}/bin/sockstage COMMAND_ERROR_IS_FATAL ANY)
    file(GLOB licences /usr/share/doc/libqcustomplot*-qt6/copyright)
    foreach(licence IN LISTS licences)
        file(COPY_FILE ${licence} ${usr}/share/doc/sockstage/copyright.QCustomPlot)
    endforeach()
endfunction()

file(GLOB trees ${CPACK_TEMPORARY_DIRECTORY}/*/usr/share)
foreach(tree IN LISTS trees)
    if(EXISTS ${tree}/zsh/vendor-completions)
        file(RENAME ${tree}/zsh/vendor-completions ${tree}/zsh/site-functions)
    endif()
    file(REMOVE_RECURSE ${tree}/lintian)
    if(EXISTS ${tree}/../bin/sockstage)
        take_qcustomplot_along(${tree}/..)
    endif()
    file(GLOB debian_changelogs ${tree}/doc/*/changelog.Debian.gz)
    if(debian_changelogs)
        file(REMOVE ${debian_changelogs})
    endif()
endforeach()

# rpmbuild moves times that are later than SOURCE_DATE_EPOCH to it, and leaves earlier ones, which differ from checkout
# to checkout: so none may be earlier.
file(GLOB_RECURSE everything LIST_DIRECTORIES true ${CPACK_TEMPORARY_DIRECTORY}/*)
file(TOUCH ${everything})
