# SPDX-License-Identifier: GPL-3.0-or-later
# What is installed and where: component `window` is the package sockstage, component `cli` is sockstage-cli.
include(GNUInstallDirs)
find_package(Python3 3.10 REQUIRED COMPONENTS Interpreter)
find_program(GZIP gzip REQUIRED)

set(packaging ${PROJECT_SOURCE_DIR}/packaging)
set(made ${PROJECT_BINARY_DIR}/packaging)
set(app_id org.sockstage.Sockstage)
set(package_release 1)
set(changelog_tool ${Python3_EXECUTABLE} ${packaging}/changelog.py)
file(MAKE_DIRECTORY ${made})

# changelog_as(VARIABLE WORDS...): CHANGELOG.md in one of its other forms.
function(changelog_as variable)
    execute_process(COMMAND ${changelog_tool} ${ARGN} OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
    set(${variable} "${text}" PARENT_SCOPE)
endfunction()

# install_compressed(COMPONENT SOURCE FOLDER): without name and time, so that the same text is the same bytes.
function(install_compressed component source folder)
    get_filename_component(name ${source} NAME)
    execute_process(COMMAND ${GZIP} -9nc ${source} OUTPUT_FILE ${made}/${name}.gz COMMAND_ERROR_IS_FATAL ANY)
    install(FILES ${made}/${name}.gz DESTINATION ${folder} COMPONENT ${component})
endfunction()

# Everything here is made when CMake runs: a change of these files runs it again.
function(remake_after)
    set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARGN})
endfunction()

changelog_as(DATE date)
changelog_as(RELEASES metainfo)
changelog_as(debian_changelog debian ${package_release})
changelog_as(rpm_changelog rpm ${package_release})
string(STRIP "${DATE}" DATE)
set(VERSION ${PROJECT_VERSION})
file(WRITE ${made}/changelog.Debian "${debian_changelog}")
file(WRITE ${made}/changelog.rpm "${rpm_changelog}")
file(COPY_FILE ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${made}/changelog)
configure_file(${packaging}/desktop/${app_id}.metainfo.xml.in ${made}/${app_id}.metainfo.xml @ONLY)
remake_after(${packaging}/changelog.py)

# install_completions(COMPONENT PROGRAM): made from what the program's own --help prints.
function(install_completions component program)
    set(generate ${Python3_EXECUTABLE} ${packaging}/completions/generate.py)
    set(help ${made}/${program}.help)
    set(files ${made}/${program}.bash ${made}/_${program} ${made}/${program}.fish)
    add_custom_command(OUTPUT ${files}
        COMMAND ${program} --help > ${help}
        COMMAND ${generate} bash ${program} ${help} ${made}/${program}.bash
        COMMAND ${generate} zsh ${program} ${help} ${made}/_${program}
        COMMAND ${generate} fish ${program} ${help} ${made}/${program}.fish
        DEPENDS ${program} ${packaging}/completions/generate.py
        COMMENT "Making the shell completions of ${program}" VERBATIM)
    add_custom_target(${program}_completions ALL DEPENDS ${files})
    set(data ${CMAKE_INSTALL_DATADIR})
    install(FILES ${made}/${program}.bash DESTINATION ${data}/bash-completion/completions
        RENAME ${program} COMPONENT ${component})
    install(FILES ${made}/_${program} DESTINATION ${data}/zsh/vendor-completions COMPONENT ${component})
    install(FILES ${made}/${program}.fish DESTINATION ${data}/fish/vendor_completions.d COMPONENT ${component})
endfunction()

# install_program(COMPONENT PROGRAM): the program with its man page, completions and papers.
function(install_program component program)
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${component})
    # They run the program while building, which a sanitizer may not allow.
    if(NOT SOCKSTAGE_SANITIZE)
        install_completions(${component} ${program})
    endif()
    configure_file(${packaging}/man/${program}.1 ${made}/${program}.1 @ONLY)
    install_compressed(${component} ${made}/${program}.1 ${CMAKE_INSTALL_MANDIR}/man1)
    set(papers ${CMAKE_INSTALL_DATADIR}/doc/${program})
    install(FILES ${packaging}/debian/copyright DESTINATION ${papers} COMPONENT ${component})
    install_compressed(${component} ${made}/changelog ${papers})
    install_compressed(${component} ${made}/changelog.Debian ${papers})
    install(FILES ${packaging}/debian/${program}.lintian-overrides
        DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME ${program} COMPONENT ${component})
endfunction()
install_program(cli sockstage-cli)

if(SOCKSTAGE_WINDOW)
    install_program(window sockstage)
    install(FILES ${packaging}/desktop/${app_id}.desktop
        DESTINATION ${CMAKE_INSTALL_DATADIR}/applications COMPONENT window)
    install(FILES ${made}/${app_id}.metainfo.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/metainfo COMPONENT window)
    set(icons ${CMAKE_INSTALL_DATADIR}/icons/hicolor)
    install(FILES resources/icons/sockstage.svg DESTINATION ${icons}/scalable/apps
        RENAME ${app_id}.svg COMPONENT window)
    foreach(size IN ITEMS 16 24 32 48 64 128 256)
        install(FILES ${PROJECT_BINARY_DIR}/resources/icons/sockstage-${size}.png
            DESTINATION ${icons}/${size}x${size}/apps RENAME ${app_id}.png COMPONENT window)
    endforeach()
endif()
