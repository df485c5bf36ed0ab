fn read<T: serde::de::DeserializeOwned>() {}

fn main() {
    read::<risk::ApprovedOrder>();
}
