"""The tests. A package, or one of that name that some library installs would be found in its place."""
