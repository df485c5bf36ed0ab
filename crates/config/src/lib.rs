//! Four files to typed meaning, or a list of problems.
