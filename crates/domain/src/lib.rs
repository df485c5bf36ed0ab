//! The vocabulary: ids, exact money, products, books, and every value that crosses stages.
