//! One connection: what it asked for, and when it ends.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use domain::Timestamp;
use futures_util::StreamExt as _;
use serde_json::{Map, Value, json};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::Endpoint;
use super::outbox::{Closed, Outbox, nanos};
use super::request::{Channel, Credential, Request, read};
use super::stream::{Follower, Member};
use crate::limits::Payer;
use crate::listen::Peer;
use crate::scenario::{Fault, Moment};
use crate::shared::Shared;
use crate::token::{AuthFault, check_hmac, check_token};

/// How often batched channels look whether something is due.
const TICK: Duration = Duration::from_millis(250);
const HEARTBEAT: Duration = Duration::from_secs(1);
/// A deadline that no connection lives to see.
const NEVER: Duration = Duration::from_hours(365 * 24);
/// Close codes of RFC 6455: a policy was broken, the server goes away.
const POLICY: u16 = 1008;
const AWAY: u16 = 1001;

struct Session {
    shared: Arc<Shared>,
    peer: Peer,
    endpoint: Endpoint,
    outbox: Outbox,
    follower: Follower,
    /// What was asked for, as it is acknowledged.
    subscriptions: BTreeMap<Channel, BTreeSet<String>>,
}

/// Serves a connection until it ends.
pub(crate) async fn run(shared: Arc<Shared>, peer: Peer, endpoint: Endpoint, socket: WebSocket) {
    let (sink, mut incoming) = socket.split();
    let mut moved = shared.moved.subscribe();
    let patience = shared.patience;
    let mut session = Session {
        outbox: Outbox::new(Arc::clone(&shared), sink),
        follower: Follower::new(Arc::clone(&shared)),
        shared,
        peer,
        endpoint,
        subscriptions: BTreeMap::new(),
    };
    let mut tick = interval(TICK);
    let mut heartbeat = interval(HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut deadline = Instant::now() + patience.subscribe_within;
    let mut begun = false;
    loop {
        let step = tokio::select! {
            message = incoming.next() => match message {
                Some(Ok(Message::Text(text))) => session.hear(text.as_str()).await,
                Some(Ok(Message::Close(_)) | Err(_)) | None => Err(Closed),
                Some(Ok(_)) => Ok(()),
            },
            Ok(()) = moved.changed() => session.follower.pump(&mut session.outbox).await,
            _ = tick.tick() => session.follower.batches(&mut session.outbox).await,
            _ = heartbeat.tick() => session.beat().await,
            () = sleep_until(deadline), if !begun || patience.idle.is_some() => {
                session.outbox.close(POLICY, if begun { "idle" } else { "no subscription" }).await;
                Err(Closed)
            }
            else => Err(Closed),
        };
        if step.is_err() {
            break;
        }
        let sent = session.outbox.take_sent();
        if session.subscriptions.is_empty() && !begun {
            continue;
        }
        if sent || !begun {
            deadline = Instant::now() + patience.idle.unwrap_or(NEVER);
        }
        begun = true;
    }
    session.outbox.close(AWAY, "").await;
    session.follower.leave_all();
}

impl Session {
    async fn hear(&mut self, text: &str) -> Result<(), Closed> {
        let request = match read(text) {
            Ok(request) => request,
            Err(wrong) => return self.outbox.error(&wrong).await,
        };
        match self.admit(&request) {
            Ok(member) => self.obey(request, member).await,
            Err(refused) => self.outbox.error(&refused).await,
        }
    }

    /// Who asks, if the request may be made at all.
    fn admit(&self, request: &Request) -> Result<Option<Member>, String> {
        let channel = request.channel;
        if self.endpoint == Endpoint::User
            && !(channel.is_private() || channel == Channel::Heartbeats)
        {
            return Err(format!("channel {} not supported", channel.name()));
        }
        let member = match self.authenticate(request) {
            Ok(member) => Some(member),
            Err(AuthFault::Missing) if !channel.is_private() => {
                let now = self.shared.clock.since_start();
                let payer = Payer::Messages(self.peer.address.ip());
                if self.shared.limiter.take(payer, now).is_some_and(|s| !s.allowed) {
                    return Err("rate limit exceeded".to_owned());
                }
                None
            }
            Err(fault) => {
                self.shared.turned_away(fault);
                return Err("authentication failure".to_owned());
            }
        };
        let moment = Moment::Subscribe { channel: channel.name() };
        if request.subscribe
            && let Some(Fault::Refuse { message }) =
                self.shared.engine.fault(moment, self.shared.secs())
        {
            return Err(message);
        }
        Ok(member)
    }

    fn authenticate(&self, request: &Request) -> Result<Member, AuthFault> {
        let [machine, venue] = self.shared.clock.token_times();
        let first = self.authenticate_at(request, machine);
        first.or_else(|fault| self.authenticate_at(request, venue).map_err(|_| fault))
    }

    fn authenticate_at(&self, request: &Request, now: Timestamp) -> Result<Member, AuthFault> {
        let ring = &self.shared.keys;
        let key = match &request.credential {
            Credential::None => return Err(AuthFault::Missing),
            Credential::Token(token) => check_token(ring, token, now, None)?,
            Credential::Hmac { key, timestamp, signature } => {
                let message = format!("{}{}", request.channel.name(), request.products.join(","));
                check_hmac(ring, key, timestamp, signature, &message, now)?
            }
        };
        if !key.permissions.view {
            return Err(AuthFault::Signature("the key may not view".to_owned()));
        }
        self.follower.member(key.account).ok_or_else(|| AuthFault::UnknownKey(key.name.clone()))
    }

    async fn obey(&mut self, request: Request, member: Option<Member>) -> Result<(), Closed> {
        let Request { subscribe, channel, products, .. } = request;
        if subscribe {
            if channel.needs_products() && products.is_empty() {
                return self.outbox.error("product_ids is required").await;
            }
            if let Err(unknown) = self.follower.join(channel, &products, member) {
                return self.outbox.error(&unknown).await;
            }
            let names: Vec<String> = match (channel, member) {
                (Channel::User | Channel::FuturesBalanceSummary, Some(member)) => {
                    vec![member.owner.user.to_string()]
                }
                (Channel::Heartbeats, _) => vec![channel.name().to_owned()],
                _ => products.clone(),
            };
            self.subscriptions.entry(channel).or_default().extend(names);
            // The snapshot comes before the acknowledgement, as at Coinbase.
            self.follower.snapshot(&mut self.outbox, channel, &products).await?;
        } else {
            self.follower.leave(channel, &products);
            if let Some(names) = self.subscriptions.get_mut(&channel) {
                names.retain(|name| !products.contains(name));
                let whole = products.is_empty() || !channel.has_products();
                if names.is_empty() || whole {
                    self.subscriptions.remove(&channel);
                }
            }
        }
        let map: Map<String, Value> = self
            .subscriptions
            .iter()
            .map(|(channel, names)| (channel.name().to_owned(), json!(names)))
            .collect();
        self.outbox.send("subscriptions", "", json!([{ "subscriptions": map }])).await
    }

    async fn beat(&mut self) -> Result<(), Closed> {
        if !self.subscriptions.contains_key(&Channel::Heartbeats) {
            return Ok(());
        }
        let (now, up) = (self.shared.clock.shown(), self.shared.clock.up());
        let time = nanos(now).replace('T', " ").replace('Z', "");
        let (secs, rest) = (up.as_secs(), up.subsec_nanos());
        let events = json!([{
            "current_time": format!("{time} +0000 UTC m=+{secs}.{rest:09}"),
            "heartbeat_counter": self.follower.next_beat(secs),
        }]);
        self.outbox.send("heartbeats", "", events).await
    }
}
