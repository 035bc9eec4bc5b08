//! A conformance suite for each port (trait of a platform). The name of each check is a sentence about the port. The
//! check panics if an implementation does not behave as the sentence says.
//!
//! ```text
//! mod log {
//!     // async fn open(keep: Keep) -> (EmbeddedLog, TempDir)
//!     backend_core::conformance!(log, super::open);
//! }
//! ```

#![allow(
    clippy::unwrap_used,
    reason = "a fault of the implementation is a panic of the test that runs the check"
)]

pub mod boards;
pub mod connections;
pub mod log;
pub mod management;

/// Makes a `#[tokio::test]` of every check of a conformance suite. The first argument is the suite, and the second a
/// function that creates the implementation to test:
///
/// * `conformance!(log, open)` with `async fn open(Keep) -> (impl TopicLog, impl Sized)`;
/// * `conformance!(boards, open)` with `async fn open() -> (impl Boards, impl Sized)`;
/// * `conformance!(connections, open)` with `async fn open() -> (impl Connections, impl Sized)`;
/// * `conformance!(management, open)` with `async fn open() -> (impl Harness, impl Sized)`.
///
/// The function returns a pair. Its second part is something that the implementation needs, such as a directory or a
/// server, and is dropped after the check. If nothing is needed, it is `()`.
#[macro_export]
macro_rules! conformance {
    (log, $open:path) => {
        $crate::conformance!(@tests log, $open, [$crate::testing::Keep::PLENTY], [
            a_topic_nobody_published_to_is_unknown
            offsets_begin_at_one_and_have_no_holes
            a_thousand_concurrent_appends_get_every_offset_once
            topics_are_counted_apart
            a_batch_is_appended_in_order_and_as_one
            an_item_without_a_time_happened_when_it_was_received
            publications_are_read_back_unchanged
            a_sequence_sent_twice_lands_once_with_the_same_position
            the_same_sequence_sent_at_once_lands_once
            a_sequence_lower_than_the_last_is_refused_and_adds_nothing
            producers_are_told_apart_by_topic_and_by_id
            producers_belong_to_their_principal
            a_repeat_is_recognised_whoever_else_publishes
            a_producer_that_is_done_makes_room_early
            a_principal_has_a_bounded_number_of_topics
            metadata_is_put_over_what_was_there
            the_epoch_is_that_of_the_first_append
            heads_are_listed_by_filter_in_order_of_name
            heads_are_read_page_by_page
            reading_after_an_offset_begins_with_the_oldest
            reading_the_newest_ends_with_the_head
            reading_by_time_begins_where_it_was_received
            reading_no_items_still_answers_with_the_ends_of_the_log
            recording_a_change_again_changes_nothing
            a_topic_that_is_forgotten_begins_anew
            complete_blocks_are_read_as_rollups
            blocks_are_read_by_index_and_epoch
        ]);
        $crate::conformance!(@tests log, $open, [$crate::testing::Keep::LITTLE], [
            history_is_kept_by_count
            history_is_kept_by_age
            a_log_whose_history_is_gone_keeps_its_head
            blocks_are_kept_when_publications_are_dropped_by_count
            blocks_are_kept_by_age
        ]);
    };
    (boards, $open:path) => {
        $crate::conformance!(@tests boards, $open, [], [
            a_board_nobody_saved_is_unknown
            a_saved_board_is_read_back_unchanged
            boards_are_listed_in_order_of_name
            a_new_board_with_a_name_in_use_is_refused_with_the_present_one
            the_second_who_saves_a_version_is_refused_and_gets_that_of_the_first
            of_many_who_save_at_once_one_succeeds
            a_board_is_deleted_only_in_the_version_that_was_seen
            there_is_a_bounded_number_of_boards
        ]);
    };
    (connections, $open:path) => {
        $crate::conformance!(@tests connections, $open, [], [
            a_connection_is_read_back_as_it_was_written
            a_row_is_replaced_and_its_subscriptions_stay
            a_row_past_its_time_is_not_returned_anywhere
            removing_takes_the_subscriptions_of_that_connection_and_no_other
            removing_what_is_not_there_changes_nothing
            subscribing_without_a_connection_is_gone
            subscribing_twice_is_subscribing_once
            a_connection_has_a_bounded_number_of_subscriptions
            unsubscribing_says_whether_it_was_there
            subscribers_are_found_by_every_kind_of_filter_each_once_in_order
            audiences_are_the_subscribers_of_each_topic
            viewers_and_watching_count_the_filter_itself
            a_thousand_connections_are_all_found
        ]);
    };
    (management, $open:path) => {
        $crate::conformance!(@tests management, $open, [], [
            a_post_arrives_unchanged
            posts_to_one_connection_arrive_in_order
            a_post_to_many_arrives_at_each
            a_connection_that_is_gone_is_named_and_the_others_are_served
            a_post_to_no_connections_succeeds
            a_message_at_the_limit_passes_and_a_larger_one_is_refused
            a_closed_connection_is_gone
        ]);
    };
    (@tests $port:ident, $open:path, $keep:tt, [$($check:ident)*]) => {
        $(
            $crate::conformance!(@test $port, $open, $keep, $check);
        )*
    };
    (@test $port:ident, $open:path, [], $check:ident) => {
        #[tokio::test]
        async fn $check() {
            let (port, _guard) = $open().await;
            $crate::testing::conformance::$port::$check(&port).await;
        }
    };
    (@test $port:ident, $open:path, [$keep:path], $check:ident) => {
        #[tokio::test]
        async fn $check() {
            let (port, _guard) = $open($keep).await;
            $crate::testing::conformance::$port::$check(&port).await;
        }
    };
}
