//! A quiet cycle over 400 products; the budget is 12 µs.
#![allow(missing_docs, clippy::unwrap_used, reason = "a failing unwrap is a failing benchmark")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::Scene;
use criterion::{Criterion, criterion_group, criterion_main};
use domain::Universe;
use universe::{Method, Policy, Select as _, Selector};

fn quiet_cycle(criterion: &mut Criterion) {
    for method in [Method::Static, Method::Dynamic] {
        let mut policy = Policy { method, ..Policy::default() };
        let mut names: Vec<_> = (0..386).map(|n| format!("A{n:03}-USD")).collect();
        names.extend(policy.symbols().iter().map(ToString::to_string));
        // The worst case: every product is listed, and passes every test.
        policy.symbols.t1 = names.iter().map(|name| name.parse().unwrap()).collect();
        policy.symbols.t2.clear();
        let volumes: Vec<_> = names.iter().map(|name| (name.as_str(), 50e6)).collect();
        let mut scene = Scene::new(policy.clone(), &volumes);
        let mut selector = Selector::new(policy);
        let mut out = Universe::default();
        criterion.bench_function(&format!("quiet cycle, 400 products, {method:?}"), |bench| {
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
