//! Lists that come in pages: all of it, or an error.

use core::future::Future;
use std::collections::{BTreeMap, BTreeSet};

use super::RestError;

/// The most pages that are followed.
const MOST_PAGES: usize = 1_000;

/// One page.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Next,
}

/// Whether more follows.
pub(crate) enum Next {
    /// This was the last page.
    End,
    /// The cursor of the next page.
    At(String),
}

impl Next {
    /// By `has_next` and `cursor`. The venue may say that there is more behind the last item and
    /// then answer with an empty page: that is an end. That there is more without saying where is
    /// none.
    pub(crate) fn from_flag(
        endpoint: &'static str,
        has_next: bool,
        cursor: Option<String>,
    ) -> Result<Self, RestError> {
        match (has_next, cursor.filter(|cursor| !cursor.is_empty())) {
            (false, _) => Ok(Self::End),
            (true, Some(cursor)) => Ok(Self::At(cursor)),
            (true, None) => {
                Err(RestError::Paging { endpoint, cause: "more is announced without a cursor" })
            }
        }
    }

    /// By `cursor` alone, which is empty at the end.
    pub(crate) fn from_cursor(cursor: Option<String>) -> Self {
        match cursor.filter(|cursor| !cursor.is_empty()) {
            Some(cursor) => Self::At(cursor),
            None => Self::End,
        }
    }
}

/// Follows cursors to the end. A page that breaks, a cursor that comes back and a list without end
/// are errors, never a shorter list. `id` names an item: one that comes twice (because the list
/// grew while it was read) is kept once, as it was read last.
pub(crate) async fn all<T, F>(
    endpoint: &'static str,
    id: impl Fn(&T) -> String,
    mut fetch: impl FnMut(Option<String>) -> F,
) -> Result<Vec<T>, RestError>
where
    F: Future<Output = Result<Page<T>, RestError>>,
{
    let mut cursors = BTreeSet::new();
    let mut places = BTreeMap::new();
    let mut items: Vec<T> = Vec::new();
    let mut cursor = None;
    for _ in 0..MOST_PAGES {
        let page = fetch(cursor.clone()).await?;
        let empty = page.items.is_empty();
        for item in page.items {
            let place = *places.entry(id(&item)).or_insert(items.len());
            match items.get_mut(place) {
                Some(earlier) => *earlier = item,
                None => items.push(item),
            }
        }
        match page.next {
            Next::End => return Ok(items),
            Next::At(_) if empty => return Ok(items),
            Next::At(next) => {
                if !cursors.insert(next.clone()) {
                    return Err(RestError::Paging { endpoint, cause: "a cursor came twice" });
                }
                cursor = Some(next);
            }
        }
    }
    Err(RestError::Paging { endpoint, cause: "there is no end after 1,000 pages" })
}
