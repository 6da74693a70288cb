# Called by cpack before it packs: what has another place on RPM systems, and what only Debian reads.
if(NOT CPACK_GENERATOR STREQUAL "RPM")
    return()
endif()
file(GLOB trees ${CPACK_TEMPORARY_DIRECTORY}/*/usr/share)
foreach(tree IN LISTS trees)
    if(EXISTS ${tree}/zsh/vendor-completions)
        file(RENAME ${tree}/zsh/vendor-completions ${tree}/zsh/site-functions)
    endif()
    file(REMOVE_RECURSE ${tree}/lintian)
    file(GLOB debian_changelogs ${tree}/doc/*/changelog.Debian.gz)
    if(debian_changelogs)
        file(REMOVE ${debian_changelogs})
    endif()
endforeach()

# rpmbuild moves times that are later than SOURCE_DATE_EPOCH to it, and leaves earlier ones, which differ from checkout
# to checkout: so none may be earlier.
file(GLOB_RECURSE everything LIST_DIRECTORIES true ${CPACK_TEMPORARY_DIRECTORY}/*)
file(TOUCH ${everything})
