//! What came and went without a fill: it moves neither the peak nor the reference of a day.

use std::collections::BTreeMap;

use domain::{Asset, Flow, FlowConfirmed, FlowId, FlowKind};

use crate::num::{Exact as _, Num};
use crate::references::References;

/// Flows that nobody has explained yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flows {
    pending: BTreeMap<FlowId, (Asset, Option<Num>)>,
}

impl Flows {
    pub(crate) fn seen(&mut self, flow: &Flow, references: &mut References) {
        if flow.change.get().is_sign_negative() {
            references.left(flow.flow);
        }
        match flow.kind {
            None => {
                self.pending.insert(flow.flow, (flow.asset, flow.change.num()));
            }
            Some(kind) => settle(flow.flow, kind, flow.usd, references),
        }
    }

    pub(crate) fn confirmed(&mut self, said: &FlowConfirmed, references: &mut References) {
        if self.pending.remove(&said.flow).is_some() {
            settle(said.flow, said.kind, said.usd, references);
        }
    }

    /// What of a currency is not counted yet: the sum of what is unexplained, if that is a gain.
    pub(crate) fn withheld(&self, asset: &Asset) -> Option<Num> {
        Some(self.net(asset)?.max(Num::ZERO))
    }

    /// What of a coin is gone until somebody says where: the same sum, if that is a loss.
    pub(crate) fn missing(&self, asset: &Asset) -> Option<Num> {
        Some(Num::ZERO.minus(self.net(asset)?)?.max(Num::ZERO))
    }

    fn net(&self, asset: &Asset) -> Option<Num> {
        let own = self.pending.values().filter(|(of, _)| of == asset);
        own.map(|(_, change)| *change).try_fold(Num::ZERO, |sum, change| sum.plus(change?))
    }
}

fn settle(flow: FlowId, kind: FlowKind, usd: Option<domain::Usd>, references: &mut References) {
    let usd = usd.and_then(crate::num::Exact::num);
    match kind {
        FlowKind::Withdrawal => references.withdrawn(flow, usd),
        FlowKind::Deposit => references.deposited(usd),
        FlowKind::Opening | FlowKind::Reward | FlowKind::Cost => references.stays(flow),
    }
}
