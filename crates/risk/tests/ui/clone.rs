use risk::ApprovedOrder;

fn twice(order: &ApprovedOrder) -> (ApprovedOrder, ApprovedOrder) {
    (order.clone(), ApprovedOrder::clone(order))
}

fn main() {}
