# SPDX-License-Identifier: GPL-3.0-or-later
# The Debian and RPM packages: `cpack -G DEB` and `cpack -G RPM` in the build folder. packaging/build.sh calls both.
set(CPACK_PACKAGE_NAME sockstage)
set(CPACK_PACKAGE_VENDOR "Sockstage developers")
# No address of mail and no homepage: the project has neither, and a stranger could register an unowned domain name.
set(CPACK_PACKAGE_CONTACT "Sockstage developers")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL cli)
if(SOCKSTAGE_WINDOW)
    list(APPEND CPACK_COMPONENTS_ALL window)
endif()
set(CPACK_COMPONENTS_GROUPING IGNORE)
# Folders that cpack makes get these rights whatever the umask of the person who builds.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(window_summary "see what a TCP or UDP socket really does")
set(window_description
    "Sockstage opens real sockets with the plain BSD calls and shows every stage of
their life in a window: getaddrinfo, socket, bind, listen, accept, connect,
send, recv, shutdown and close, each with its arguments, result, errno and
time. Servers and clients, TCP and UDP, live counts of every byte, a message
composer, hex and text views, and a loopback demo to start with.")
set(cli_summary "see what a TCP or UDP socket really does, in a terminal")
set(cli_description
    "Sockstage opens real sockets with the plain BSD calls and tells every stage of
their life as readable lines or as JSON events: getaddrinfo, socket, bind,
listen, accept, connect, send, recv, shutdown and close, each with its
arguments, result, errno and time. This is the terminal program; it needs no
display and none of Qt's window libraries.")

# Each package has its own first line; a common one would be put before it.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SOURCE sockstage)
set(CPACK_DEBIAN_PACKAGE_RELEASE ${package_release})
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_WINDOW_PACKAGE_NAME sockstage)
set(CPACK_DEBIAN_CLI_PACKAGE_NAME sockstage-cli)
set(CPACK_DEBIAN_WINDOW_DESCRIPTION "${window_summary}\n${window_description}")
set(CPACK_DEBIAN_CLI_DESCRIPTION "${cli_summary}\n${cli_description}")
# Qt's way to a Wayland screen is a plugin, which no library names. A window without a font shows boxes.
set(CPACK_DEBIAN_WINDOW_PACKAGE_RECOMMENDS "qt6-wayland, fonts-dejavu-core | fonts-noto-core, netbase")
set(CPACK_DEBIAN_WINDOW_PACKAGE_SUGGESTS "sockstage-cli")
# Without /etc/services no port has a name.
set(CPACK_DEBIAN_CLI_PACKAGE_RECOMMENDS "netbase")

set(CPACK_RPM_COMPONENT_INSTALL ON)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_RELEASE ${package_release})
set(CPACK_RPM_PACKAGE_LICENSE GPL-3.0-or-later)
set(CPACK_RPM_PACKAGE_GROUP "Applications/Internet")
set(CPACK_RPM_PACKAGE_RELOCATABLE OFF)
set(CPACK_RPM_CHANGELOG_FILE ${made}/changelog.rpm)
set(CPACK_RPM_WINDOW_PACKAGE_NAME sockstage)
set(CPACK_RPM_CLI_PACKAGE_NAME sockstage-cli)
set(CPACK_RPM_WINDOW_PACKAGE_SUMMARY "See what a TCP or UDP socket really does")
set(CPACK_RPM_CLI_PACKAGE_SUMMARY "See what a TCP or UDP socket really does, in a terminal")
set(CPACK_RPM_WINDOW_PACKAGE_DESCRIPTION "${window_description}")
set(CPACK_RPM_CLI_PACKAGE_DESCRIPTION "${cli_description}")
set(CPACK_RPM_WINDOW_PACKAGE_REQUIRES hicolor-icon-theme)
# Folders that belong to other packages.
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
    /usr/lib64 /usr/share/applications /usr/share/metainfo /usr/share/man /usr/share/man/man1 /usr/share/doc
    /usr/share/bash-completion /usr/share/bash-completion/completions /usr/share/fish
    /usr/share/fish/vendor_completions.d /usr/share/zsh /usr/share/zsh/site-functions
    /usr/share/icons /usr/share/icons/hicolor /usr/share/icons/hicolor/scalable /usr/share/icons/hicolor/scalable/apps)
foreach(size IN ITEMS 16 24 32 48 64 128 256)
    list(APPEND CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
        /usr/share/icons/hicolor/${size}x${size} /usr/share/icons/hicolor/${size}x${size}/apps)
endforeach()
# The name of the machine and the time of the build would make each build another file.
set(CPACK_RPM_SPEC_MORE_DEFINE "%define _build_id_links none
%define use_source_date_epoch_as_buildtime 1
%define clamp_mtime_to_source_date_epoch 1
%define _buildhost localhost
%define packager ${CPACK_PACKAGE_CONTACT}")

set(CPACK_PRE_BUILD_SCRIPTS ${packaging}/rpmlayout.cmake)

include(CPack)
