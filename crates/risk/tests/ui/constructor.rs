fn main() {
    let _ = risk::ApprovedOrder::new(());
}
