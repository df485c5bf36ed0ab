//! A quiet cycle over 400 products; the budget is 12 µs.
#![allow(missing_docs, clippy::unwrap_used, reason = "a failing unwrap is a failing benchmark")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::Scene;
use criterion::{Criterion, criterion_group, criterion_main};
use domain::Universe;
use universe::{Method, Policy, Select as _, Selector};

const PRODUCTS: usize = 400;

fn quiet_cycle(criterion: &mut Criterion) {
    let shipped = Policy::default();
    let mut names: Vec<_> = shipped.symbols().iter().map(ToString::to_string).collect();
    names.extend((names.len()..PRODUCTS).map(|n| format!("A{n:03}-USD")));
    let volumes: Vec<_> = names.iter().map(|name| (name.as_str(), 50e6)).collect();

    // The worst case: every product is listed, and passes every test.
    let mut all_listed = shipped.clone();
    all_listed.symbols.t1 = names.iter().map(|name| name.parse().unwrap()).collect();
    all_listed.symbols.t2.clear();
    let dynamic = Policy { method: Method::Dynamic, ..shipped.clone() };

    let cases = [("shipped lists", shipped), ("all listed", all_listed), ("dynamic", dynamic)];
    for (name, policy) in cases {
        let mut scene = Scene::new(policy.clone(), &volumes);
        let mut selector = Selector::new(policy);
        let mut out = Universe::default();
        criterion.bench_function(name, |bench| {
            bench.iter(|| {
                let (products, features) = (&scene.products, &scene.features);
                let memory = &mut scene.memory;
                selector.select(scene.now, products, features, scene.regime, memory, &mut out);
                out.members.len()
            });
        });
    }
}

criterion_group!(benches, quiet_cycle);
criterion_main!(benches);
