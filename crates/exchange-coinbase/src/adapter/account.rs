//! Balances and fees through the port.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::{Asset, Bps, Fees, Purse, QuoteAmt};
use exchange::{Account, PortError};
use rust_decimal::Decimal;

use super::Coinbase;
use super::market::port_error;
use crate::rest::{AccountPlatform, AccountType};
use crate::wire::ProductType;

/// Currencies whose account exists for a trader even before its first use.
const CASH: [&str; 2] = ["USD", "USDC"];

fn unreadable(what: &dyn core::fmt::Display) -> PortError {
    PortError::Unreadable(what.to_string())
}

/// A rate as a fraction in basis points.
fn bps(rate: Decimal) -> Result<Bps, PortError> {
    let bps = rate.checked_mul(Decimal::from(10_000)).ok_or_else(|| unreadable(&"a fee rate"))?;
    Bps::new(bps).map_err(|error| unreadable(&error))
}

#[async_trait]
impl Account for Coinbase {
    /// Every spot account of the key's portfolio, one a currency, and cash that was never used as
    /// nothing. The venue's `available` is without holds already.
    async fn purses(&self) -> Result<Vec<Purse>, PortError> {
        let accounts = self.rest.accounts().await.map_err(|error| port_error(&error))?;
        let mut purses: BTreeMap<Asset, Purse> = BTreeMap::new();
        for text in CASH {
            let asset: Asset = text.parse().map_err(|error| unreadable(&error))?;
            let (available, held) = (QuoteAmt::ZERO, QuoteAmt::ZERO);
            purses.insert(asset, Purse { asset, available, held });
        }
        for account in accounts {
            let vault = account.kind == Some(AccountType::Vault);
            let spot = account.platform.as_ref().is_none_or(|p| *p == AccountPlatform::Consumer);
            if vault || !spot {
                continue;
            }
            let Ok(asset) = account.currency.parse::<Asset>() else {
                // A currency that no product of ours is made of.
                tracing::debug!(currency = account.currency, "an account that is no asset of ours");
                continue;
            };
            let amount = |value: Decimal| QuoteAmt::new(value).map_err(|error| unreadable(&error));
            let available = amount(account.available_balance.value)?;
            let held = amount(account.hold.value)?;
            let zero = Purse { asset, available: QuoteAmt::ZERO, held: QuoteAmt::ZERO };
            let purse = purses.entry(asset).or_insert(zero);
            purse.available = purse.available.plus(available).map_err(|e| unreadable(&e))?;
            purse.held = purse.held.plus(held).map_err(|e| unreadable(&e))?;
        }
        Ok(purses.into_values().collect())
    }

    async fn fees(&self) -> Result<Fees, PortError> {
        let summary = self.rest.transaction_summary(Some(&ProductType::Spot)).await;
        let tier = summary.map_err(|error| port_error(&error))?.fee_tier;
        Ok(Fees { maker_bps: bps(tier.maker_fee_rate)?, taker_bps: bps(tier.taker_fee_rate)? })
    }
}
