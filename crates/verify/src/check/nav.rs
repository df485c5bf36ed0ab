//! What the account was worth.

use domain::{Timestamp, Usd};

use crate::num::Exact as _;
use crate::report::{Check, Pen};
use crate::world::World;

/// A recorded NAV is what the facts say; none is always allowed, since it keeps entries out.
pub(crate) fn cycle(world: &World, at: Timestamp, nav: Option<Usd>, pen: &mut Pen<'_>) {
    let Some(recorded) = nav else { return };
    let subject = format!("cycle at {at}");
    // Where the cycle sent something, fills of it may be on record by now.
    let own = match world.worth {
        Some((judged, worth)) if judged == at => worth,
        Some(_) | None => world.nav(at),
    };
    let Some(own) = own else {
        pen.missing(Check::Nav, &subject, "a balance or a mark");
        return;
    };
    pen.holds(Check::Nav, recorded.num() == Some(own), &subject, || {
        format!("{recorded} is on record, the facts make {own}")
    });
}
