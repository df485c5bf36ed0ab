//! The stage itself.

use domain::{Exclusion, Features, ProductId, ProductMarket, Regime, Timestamp, Universe};

use crate::inputs::{Inputs, Seen};
use crate::judge::Judge;
use crate::plan::Plan;
use crate::{Flag, Memory, Policy};

/// A way to decide who may be traded now.
pub trait Select {
    /// Refills `out` at `now` (the venue's time).
    ///
    /// `products` is the catalog and `features` belongs to it; both are sorted by product, and
    /// quickest when they are aligned. `memory` carries over from call to call.
    fn select(
        &mut self,
        now: Timestamp,
        products: &[ProductMarket],
        features: &[Features],
        regime: Regime,
        memory: &mut Memory,
        out: &mut Universe,
    );
}

/// A policy that has looked up its names in the catalog. It notices by itself when the catalog
/// changes; between changes a selection allocates nothing once `out` and the memory have grown.
///
/// ```
/// use domain::{Regime, Timestamp, Universe};
/// use universe::{Memory, Policy, Select, Selector};
///
/// let now: Timestamp = "2026-01-05T12:00:00Z".parse()?;
/// let mut selector = Selector::new(Policy::default());
/// let (mut memory, mut out) = (Memory::default(), Universe::default());
/// selector.select(now, &[], &[], Regime::Chop, &mut memory, &mut out);
/// assert_eq!(out.members.len() + out.excluded.len(), 14);
/// # Ok::<(), domain::TimeError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Selector {
    policy: Policy,
    flags: Vec<Flag>,
    plan: Option<Plan>,
    inputs: Inputs,
}

impl Selector {
    /// A selector without flags of the operator.
    pub fn new(policy: Policy) -> Self {
        Self { policy, flags: Vec::new(), plan: None, inputs: Inputs::default() }
    }

    /// The policy it works by.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Replaces the flags that the operator set at run time; those of the policy stay.
    pub fn set_flags(&mut self, flags: Vec<Flag>) {
        if self.flags != flags {
            self.flags = flags;
            self.plan = None;
            self.renew();
        }
    }

    /// Whether a selection would be the last one of this selector again, and change nothing in
    /// `memory`: for a caller who has kept both. A refresh of slow facts is always made. With what was
    /// `seen` products need not be looked at where it was the same before.
    pub fn repeats(
        &mut self,
        now: Timestamp,
        products: &[ProductMarket],
        features: &[Features],
        regime: Regime,
        memory: &Memory,
        seen: Option<Seen>,
    ) -> bool {
        !memory.is_due(now, &self.policy.hysteresis)
            && self.inputs.are(&self.policy, now, regime, (products, features), seen)
    }

    /// What was kept of the last selection is another now: the next one does not repeat it.
    pub const fn renew(&mut self) {
        self.inputs.forget();
    }
}

impl Select for Selector {
    fn select(
        &mut self,
        now: Timestamp,
        products: &[ProductMarket],
        features: &[Features],
        regime: Regime,
        memory: &mut Memory,
        out: &mut Universe,
    ) {
        let (policy, flags) = (&self.policy, &self.flags);
        let plan = match self.plan.take().filter(|plan| plan.fits(products)) {
            Some(plan) => plan,
            None => Plan::new(policy, flags, products),
        };
        let judge = Judge::new(policy, now, regime, memory);
        judge_all(&judge, &plan, products, features, memory, out);
        self.inputs.note(policy, &plan.slots, now, regime, (products, features));
        self.plan = Some(plan);
    }
}

/// One selection by a policy, with no flags but its own. It looks up every name anew: a caller with
/// more than one cycle keeps a [`Selector`].
///
/// See [`Select::select`] for what the arguments are.
pub fn select(
    policy: &Policy,
    now: Timestamp,
    products: &[ProductMarket],
    features: &[Features],
    regime: Regime,
    memory: &mut Memory,
    out: &mut Universe,
) {
    let plan = Plan::new(policy, &[], products);
    let judge = Judge::new(policy, now, regime, memory);
    judge_all(&judge, &plan, products, features, memory, out);
}

fn judge_all(
    judge: &Judge<'_>,
    plan: &Plan,
    products: &[ProductMarket],
    features: &[Features],
    memory: &mut Memory,
    out: &mut Universe,
) {
    out.members.clear();
    out.excluded.clear();
    out.members.reserve(plan.slots.len());
    out.excluded.reserve(plan.slots.len() + plan.absent.len());
    let mut absent = plan.absent.iter().peekable();
    let mut cursor = 0;
    for (at, (slot, market)) in plan.slots.iter().zip(products).enumerate() {
        while let Some(missing) = absent.next_if(|missing| **missing < slot.product) {
            out.excluded.push((*missing, Exclusion::UnknownProduct));
        }
        let features = || find(features, at, &slot.product);
        match judge.product(slot, market, features, memory, &mut cursor) {
            Ok(member) => out.members.push(member),
            Err(why) => out.excluded.push((slot.product, why)),
        }
    }
    let rest = absent.map(|missing| (*missing, Exclusion::UnknownProduct));
    out.excluded.extend(rest);
}

/// A product's features: where they are when both slices are aligned, else by binary search.
pub(crate) fn find<'f>(
    features: &'f [Features],
    at: usize,
    product: &ProductId,
) -> Option<&'f Features> {
    let aligned = features.get(at).filter(|found| found.product == *product);
    aligned.or_else(|| {
        let found = features.binary_search_by(|found| found.product.cmp(product));
        features.get(found.ok()?)
    })
}
