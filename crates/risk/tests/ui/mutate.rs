use risk::ApprovedOrder;

fn enlarge(mut order: ApprovedOrder) {
    order.0.max_qty = domain::BaseQty::ZERO;
}

fn main() {}
