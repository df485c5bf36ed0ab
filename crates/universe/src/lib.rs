//! Who may be traded now, and why not the others.
