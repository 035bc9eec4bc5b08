//! Divides a bounded resource among clients, so that clients that take as much as they can leave some of it for the
//! others.

/// Returns true if a client may take one more unit of a resource, such as a socket. The client has `own` units, and all
/// clients together have `all`. A client may have at most `most_of_one` units if it is alone, and all clients together
/// may have at most `most_of_all`.
///
/// A client may have at most the number of free units times a factor. So the more units the clients have, the fewer
/// each may have, and some always stay free for a client that has few. This is the dynamic threshold of Choudhury and
/// Hahne for queues that share a memory (IEEE/ACM Transactions on Networking 6, 1998). The factor is chosen such that a
/// client that is alone may have `most_of_one` units.
///
/// For example, with a factor of a third, a client that is alone may have 25 of 100 sockets, which is a third of the 75
/// that are then free. Two clients may have 20 each. Four clients may have 14 each, and 43 are then free.
pub(crate) fn may_take(own: usize, all: usize, most_of_one: usize, most_of_all: usize) -> bool {
    let free = most_of_all.saturating_sub(all);
    let rest = most_of_all.saturating_sub(most_of_one);
    // own / free < most_of_one / rest
    free > 0 && own < most_of_one && (own as u128) * (rest as u128) < (free as u128) * (most_of_one as u128)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_is_alone_gets_exactly_what_one_may_have() {
        for (one, all) in [(1, 1), (1, 10), (25, 100), (4_000, 10_000), (10, 10)] {
            let taken = (0..).take_while(|own| may_take(*own, *own, one, all)).count();
            assert_eq!(taken, one, "of {all}");
        }
    }

    #[test]
    fn clients_that_take_all_they_can_leave_something_for_others() {
        let (one, all) = (250, 1000);
        for greedy in [2, 4, 10, 100] {
            let mut own = vec![0; greedy];
            for number in (0..greedy).cycle().take(greedy * one) {
                let together: usize = own.iter().sum();
                own[number] += usize::from(may_take(own[number], together, one, all));
            }
            let free = all - own.iter().sum::<usize>();
            assert!(free >= 3 * (all - greedy) / (3 + greedy), "{greedy} leave {free}");
        }
    }

    #[test]
    fn a_client_that_has_nothing_gets_something_while_anything_is_free() {
        assert!(may_take(0, 99, 25, 100));
        assert!(!may_take(0, 100, 25, 100) && !may_take(1, 99, 25, 100));
    }
}
