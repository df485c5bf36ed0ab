use risk::ApprovedOrder;

fn spend(_: ApprovedOrder) {}

fn twice(order: ApprovedOrder) {
    spend(order);
    spend(order);
}

fn main() {}
