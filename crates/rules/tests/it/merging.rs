//! Several strategies, one voice.

use domain::TriggerKind::{Breakout, Momentum, PriceMove};
use domain::{Exit, ExitReason, Proposal, RuleRefusal, Tier};
use rules::{Context, Proposals, RulesStrategy, Strategy, propose};

use crate::given::{World, features, lot, market, member, pct, product, quote, trigger};

/// Says what it was told to say.
#[derive(Debug)]
struct Says(Vec<Proposal>);

impl Strategy for Says {
    fn name(&self) -> &'static str {
        "says"
    }

    fn propose(&self, _: &Context<'_>, out: &mut Proposals) {
        out.entries.extend(self.0.iter().cloned());
    }
}

fn world() -> World {
    let mut world = World::with(trigger("HBAR-USD", Momentum, 7.8));
    world.candidates.push(trigger("HBAR-USD", Breakout, 1.0));
    world.candidates.push(trigger("ADA-USD", Momentum, 5.0));
    world.candidates[1].strength = 0.9;
    world.universe.members.insert(0, member("ADA-USD", Tier::T2, 0.8));
    world.features.insert(0, features("ADA-USD", Ok(60.0)));
    world.products.insert(0, market("ADA-USD", Some(quote("0.50", "0.51"))));
    world
}

fn settled(strategies: &[&dyn Strategy]) -> Proposals {
    let mut out = Proposals::default();
    propose(strategies, &world().context(), &mut out);
    out
}

#[test]
fn the_highest_conviction_of_a_product_wins_and_the_others_are_outranked() {
    let out = settled(&[&RulesStrategy::default()]);
    let products: Vec<_> = out.entries.iter().map(Proposal::product).collect();
    assert_eq!(products, [product("ADA-USD"), product("HBAR-USD")], "sorted, one each");
    let kinds: Vec<_> = out.refused.iter().map(|r| (r.code, r.trigger.unwrap().kind)).collect();
    assert_eq!(kinds, [(RuleRefusal::Outranked, Momentum)]);
    assert!(out.refused[0].found < out.refused[0].limit);
}

#[test]
fn the_order_of_strategies_changes_nothing() {
    let rules = settled(&[&RulesStrategy::default()]).entries;
    let Proposal::Entry(mut other) = rules[1].clone() else { panic!("an entry") };
    other.trigger.id.kind = PriceMove;
    other.size_pct = pct("0.5");
    let mut smaller = other.clone();
    smaller.size_pct = pct("0.4");
    let mut lost = other.clone();
    lost.conviction = f64::NAN;
    let a = Says(vec![Proposal::Entry(lost), Proposal::Entry(other)]);
    let b = Says(vec![Proposal::Entry(smaller.clone())]);
    let table = RulesStrategy::default();
    let one = settled(&[&a, &b, &table]);
    assert_eq!(one.entries, settled(&[&table, &b, &a]).entries);
    assert_eq!(one.entries, settled(&[&b, &table, &a]).entries);
    assert_eq!(one.entries[1], Proposal::Entry(smaller), "same conviction: the smaller one");
    assert_eq!(one.refused.len(), 4, "everyone who lost is told");
}

#[test]
fn an_exit_comes_before_an_entry_of_the_same_product() {
    let lot = lot();
    let exit = Proposal::Exit(Exit {
        product: lot.product,
        lot: lot.id,
        qty: lot.qty,
        cause: ExitReason::Flatten,
        reason: String::new(),
        bracket: None,
    });
    let out = settled(&[&RulesStrategy::default(), &Says(vec![exit.clone()])]);
    assert_eq!(out.entries[1], exit);
    assert_eq!(out.refused.len(), 2);
}

#[test]
fn a_second_cycle_starts_from_nothing() {
    let strategies: [Box<dyn Strategy>; 1] = [Box::new(RulesStrategy::default())];
    let mut out = settled(&[&Says(Vec::new())]);
    propose(&strategies, &world().context(), &mut out);
    let once = out.clone();
    propose(&strategies, &world().context(), &mut out);
    assert_eq!(out, once);
    assert_eq!(strategies[0].name(), "rules");
}
