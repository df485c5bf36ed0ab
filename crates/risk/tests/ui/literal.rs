fn main() {
    let _ = risk::ApprovedOrder(());
}
