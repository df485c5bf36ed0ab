//! Bull, chop, bear, crash or unknown: one word for the market's weather.
