"""The tests of planlib; a package, so that no other package of this name on the machine stands before it."""
