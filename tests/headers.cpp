// Nothing but the precompiled header that the tests of a folder share: see headers.cmake.
