fn main() {
    let _: risk::ApprovedOrder = Default::default();
}
