"""The verbs of the program: each reads its options, calls one function of the packages below, and prints."""
