//! A venue we can run: recorded or seeded market, accounts, fees and orders.
