fn forge(entry: domain::Entry) -> risk::ApprovedOrder {
    entry.into()
}

fn main() {}
