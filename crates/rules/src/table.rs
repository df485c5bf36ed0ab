//! The default strategy: look the event up in the table.

use domain::{
    Absent, Entry, Member, Pct, ProductId, Proposal, Regime, Rejection, RuleRefusal, Trigger, Usd,
};
use rust_decimal::prelude::ToPrimitive as _;

use crate::strategy::features_of;
use crate::{Context, Params, Proposals, Row, Strategy, describe};

/// The table of [`Params`] as a strategy: each candidate meets at most one row.
///
/// It proposes products that are already held too; whether a position may grow is the policy's
/// business. It trusts `triggers` that candidates are fresh, and confirmed where they must be.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RulesStrategy {
    params: Params,
}

/// Why not, with the limit and what met it.
struct No {
    code: RuleRefusal,
    limit: Option<f64>,
    found: Option<f64>,
}

impl From<RuleRefusal> for No {
    fn from(code: RuleRefusal) -> Self {
        Self { code, limit: None, found: None }
    }
}

impl RulesStrategy {
    /// A strategy with these parameters; `Params::problems` says whether they make sense.
    pub const fn new(params: Params) -> Self {
        Self { params }
    }

    /// Its parameters.
    pub const fn params(&self) -> &Params {
        &self.params
    }

    fn decide(&self, context: &Context<'_>, trigger: &Trigger) -> Result<Entry, No> {
        if context.regime == Regime::Unknown {
            return Err(RuleRefusal::RegimeUnsuited.into());
        }
        let product = trigger.id.product;
        let member = context.universe.member(&product).ok_or(RuleRefusal::DataUnavailable)?;
        let row = self.row(context, trigger)?;
        let size_pct = self.size(context, trigger, member, row)?;
        Ok(Entry {
            product,
            tier: member.tier,
            trigger: *trigger,
            size_pct,
            conviction: self.params.conviction.of(trigger, member.tier),
            plan: self.params.plan(row, member.tier),
            reason: describe(trigger),
        })
    }

    /// The row that acts on the event, here and now.
    fn row(&self, context: &Context<'_>, trigger: &Trigger) -> Result<&Row, No> {
        let (score, least) = (trigger.score(), self.params.min_score);
        // A score that is no number is not enough either.
        if score.is_nan() || score < least {
            let (limit, found) = (Some(least), Some(score));
            return Err(No { code: RuleRefusal::WeakTrigger, limit, found });
        }
        let row = self.params.row_for(trigger).map_err(|limit| No {
            code: RuleRefusal::NoRule,
            limit,
            found: Some(trigger.move_pct),
        })?;
        if !row.acts_in(context.mode) {
            return Err(RuleRefusal::RuleDisabled.into());
        }
        if row.not_in_regimes.contains(&context.regime) {
            return Err(RuleRefusal::RegimeUnsuited.into());
        }
        Ok(row)
    }

    /// Percent of the sizing NAV, if that is an order at all.
    fn size(
        &self,
        context: &Context<'_>,
        trigger: &Trigger,
        member: &Member,
        row: &Row,
    ) -> Result<Pct, No> {
        let volatility = volatility_pct(context, &member.product)?;
        let (confidence, factor) = (trigger.confidence, member.regime_factor);
        let signal = self.params.size_pct(row, member.tier, confidence, volatility, factor);
        let missing = RuleRefusal::DataUnavailable;
        let size = Pct::floor_signal(signal).map_err(|_| missing)?;
        let nav = context.sizing_nav.ok_or(missing)?;
        let dollars = nav.percent(size).map_err(|_| missing)?;
        let least = smallest_order(context, &member.product).ok_or(missing)?;
        if dollars <= Usd::ZERO || dollars < least {
            return Err(No {
                code: RuleRefusal::BelowMinOrder,
                limit: least.get().to_f64(),
                found: dollars.get().to_f64(),
            });
        }
        Ok(size)
    }
}

impl Strategy for RulesStrategy {
    fn name(&self) -> &'static str {
        "rules"
    }

    fn propose(&self, context: &Context<'_>, out: &mut Proposals) {
        for trigger in context.candidates {
            match self.decide(context, trigger) {
                Ok(entry) => out.entries.push(Proposal::Entry(entry)),
                Err(No { code, limit, found }) => out.refused.push(Rejection {
                    product: trigger.id.product,
                    trigger: Some(trigger.id),
                    code,
                    limit,
                    found,
                }),
            }
        }
        out.settle();
    }
}

/// The product's own volatility over 168 hours, percent a year.
fn volatility_pct(context: &Context<'_>, product: &ProductId) -> Result<f64, RuleRefusal> {
    let hour = features_of(context.features, product)
        .and_then(|features| features.hour.as_ref())
        .ok_or(RuleRefusal::InsufficientHistory)?;
    match hour.volatility_168h_pct {
        Ok(pct) if pct.is_finite() && pct >= 0.0 => Ok(pct),
        Err(Absent::DataGap) => Err(RuleRefusal::DataGap),
        Err(Absent::InsufficientHistory) => Err(RuleRefusal::InsufficientHistory),
        Ok(_) | Err(Absent::UnavailableGranularity | Absent::NoVolume) => {
            Err(RuleRefusal::DataUnavailable)
        }
    }
}

/// The larger of the policy's and the product's minimum, in dollars: the venue's smallest value,
/// and its smallest size at the ask. `None` without a sound quote.
fn smallest_order(context: &Context<'_>, product: &ProductId) -> Option<Usd> {
    let market = context.market.get(product)?;
    let quote = market.quote.as_ref().filter(|quote| quote.fault().is_none())?;
    let limits = &market.product.limits;
    let by_size = quote.ask.times(limits.base_min).ok()?.usd_at_par();
    let by_value = limits.quote_min.usd_at_par();
    Some(context.min_order_usd.max(by_value).max(by_size))
}
