fn loosen(policy: risk::Policy, hash: domain::PolicyHash) -> risk::Limits {
    risk::Limits { policy, hash }
}

fn main() {}
