//! Coinbase Advanced Trade over REST and WebSocket.
