//! Plays what is not there yet, on as many threads as are given.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::plan::Shard;
use crate::row::{Figures, Part, Row, Status};
use crate::space::Candidate;
use crate::split::{Span, Split};
use crate::store::{Store, StoreError};

/// What playing a configuration over a span came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Played {
    /// Figures, and whether anything was proposed at all.
    Figures(Box<Figures>, Proposed),
    /// It could not be played to its end, or broke the policy.
    Failed(String),
}

/// Whether a run proposed anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposed {
    /// Something.
    Something,
    /// Nothing.
    Nothing,
}

/// Plays one configuration over one span.
pub type Play<'a, C> = dyn Fn(&C, Span) -> Played + Sync + 'a;

/// Told how far a search is; asked whether to go on.
pub trait Watch: Sync {
    /// So many candidates on splits are done, of so many that were to do.
    fn done(&self, done: usize, of: usize);
    /// Whether somebody wants it to stop.
    fn is_stopped(&self) -> bool;
}

/// A search, ready to be played.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a, C> {
    /// Where choices are made and shown.
    pub splits: &'a [Split],
    /// What is tried, with the configuration of those that have one.
    pub candidates: &'a [(Candidate, Option<C>)],
    /// Which of them are played here.
    pub shard: Shard,
    /// On so many threads.
    pub threads: usize,
}

/// How a search went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ran {
    /// Candidates on splits that were there already.
    pub there: usize,
    /// Those that were played now.
    pub done: usize,
    /// Whether it was stopped before its end.
    pub stopped: bool,
}

impl<C: Sync> Search<'_, C> {
    /// Plays what the directory lacks of this shard. What is done is on disk when it is told, so that
    /// the next run goes on from there.
    ///
    /// # Errors
    /// [`StoreError`]: a result could not be written; nothing more is played then.
    pub fn run(
        &self,
        store: &Store,
        play: &Play<'_, C>,
        watch: &dyn Watch,
    ) -> Result<Ran, StoreError> {
        let mine = self.candidates.iter().enumerate().filter(|(place, _)| self.shard.has(*place));
        let all = mine.flat_map(|(_, one)| (0..self.splits.len()).map(move |split| (one, split)));
        let (there, todo): (Vec<_>, Vec<_>) =
            all.partition(|((candidate, _), split)| store.has(&candidate.id, *split));
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let failure: Mutex<Option<StoreError>> = Mutex::new(None);
        let is_over = AtomicBool::new(false);
        watch.done(0, todo.len());
        let work = || {
            while !is_over.load(Ordering::Relaxed) && !watch.is_stopped() {
                let Some((one, split)) = todo.get(next.fetch_add(1, Ordering::Relaxed)) else {
                    return;
                };
                let rows = self.rows(one, *split, play);
                match store.put(&one.0.id, *split, &rows) {
                    Ok(()) => watch.done(done.fetch_add(1, Ordering::Relaxed) + 1, todo.len()),
                    Err(error) => {
                        is_over.store(true, Ordering::Relaxed);
                        if let Ok(mut first) = failure.lock() {
                            first.get_or_insert(error);
                        }
                    }
                }
            }
        };
        thread::scope(|scope| {
            // The last of them is this one.
            for _ in 1..self.threads.max(1) {
                scope.spawn(work);
            }
            work();
        });
        if let Some(error) = failure.into_inner().unwrap_or_default() {
            return Err(error);
        }
        let done = done.into_inner();
        Ok(Ran { there: there.len(), done, stopped: done < todo.len() })
    }

    /// What a candidate came to on both parts of a split.
    fn rows(
        &self,
        (candidate, config): &(Candidate, Option<C>),
        split: usize,
        play: &Play<'_, C>,
    ) -> Vec<Row> {
        let Some(spans) = self.splits.get(split) else { return Vec::new() };
        let parts = [(Part::Train, Some(spans.train)), (Part::Test, spans.test)];
        let row = |(part, span): (Part, Option<Span>)| {
            let span = span?;
            let (status, figures) = match config {
                None => {
                    let why = candidate.refused.clone().unwrap_or_default();
                    (Status::Refused(why), Figures::default())
                }
                Some(config) => match play(config, span) {
                    Played::Figures(figures, Proposed::Something) => (Status::Ok, *figures),
                    Played::Figures(figures, Proposed::Nothing) => (Status::Nothing, *figures),
                    Played::Failed(why) => (Status::Failed(why), Figures::default()),
                },
            };
            let (id, values) = (candidate.id.clone(), candidate.values.clone());
            let number = candidate.number;
            Some(Row { candidate: id, number, values, split, part, span, status, figures })
        };
        parts.into_iter().filter_map(row).collect()
    }
}

#[cfg(test)]
mod tests;
