//! Durable facts and cycle records in SQLite, with a hash chain and one writer.
