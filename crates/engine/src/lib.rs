//! One step: an event in, effects out. Pure.
