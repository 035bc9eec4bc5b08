//! Model of the Tickertape board: the state of every panel, and its charts as marks to draw.
//!
//! This crate does not use the browser. Times are arguments, so that every rule can be tested natively.
//!
//! | module | contents |
//! |---|---|
//! | [`order`], [`rhythm`] | the order of a topic's publications; the usual time between them |
//! | [`clock_error`] | the error of a publisher's clock |
//! | [`digits`], [`field`], [`reading`] | the meaning of published data |
//! | [`kind`] | the kind of panel that suits the data |
//! | [`lines`], [`states`], [`things`], [`table`] | contents of log panels, state panels, timelines and table panels |
//! | [`arrival`], [`delay`], [`thinning`], [`chip`], [`standing`] | freshness of a topic, delay of the page, and the words for them |
//! | [`stream`], [`figure`] | all of the above for one topic; its newest value in large type |
//! | [`gauge`], [`bar_list`], [`things_strip`] | contents of gauges, lists of bars and timelines |
//! | [`paused_state`] | the newest state of a topic while the board is paused |
//! | [`link`], [`watched`] | the state of the connection in words; the answers of the server to the page's subscriptions |
//! | [`layout`], [`query`] | order of the panels, and the search for them |
//! | [`panels`] | the topics that have a panel, and those that are left out of a full board |
//! | [`picture`] | the last data of the board, for a page whose server cannot be reached |
//! | [`placement`], [`sight`] | position and size of each panel on the page; the panels that are in the page |
//! | [`window`], [`view`], [`timeline`] | the range of time that is shown, and movement through time |
//! | [`stretch_address`] | the range of time in the page's address |
//! | [`gesture`], [`travel`] | pointers, and movements through time |
//! | [`command`], [`palette`], [`pasted`] | the commands of the page with their keys; the search for them; links that are pasted |
//! | [`events`] | events, which mark a moment in all charts |
//! | [`trouble`] | topics in trouble, and notifications about them |
//! | [`permit`] | what the reader's token allows |
//! | [`past`], [`budget`] | publications that are requested, and that are kept |
//! | [`buckets`], [`past_chip`] | the past in buckets; the state of a panel that shows it |
//! | [`sorted`], [`sorting`] | sorting by little code; the order of rows that a reader sorts |
//! | [`log_view`], [`table_view`], [`trails`] | the lines and rows that a reader looks for; earlier values of a table |
//! | [`mod@together`] | several topics in one panel, and series that are computed from others |
//! | [`csv`] | the data of a panel as comma-separated values |
//! | [`document`] | a board document applied to the topics of a server |
//! | [`player`] | a recording that is played back: its clock, its effects on a board, and snapshots for jumps |
//! | [`wall`] | the board on a large screen across a room: font sizes, pages, protection of the screen |
//! | [`zone`] | names of time zones |
//! | [`chart`] | series, axes, formats, thresholds, and charts as marks |
#![warn(missing_docs)]

pub mod arrival;
pub mod bar_list;
pub mod buckets;
pub mod budget;
pub mod chart;
pub mod chip;
pub mod clock_error;
pub mod command;
pub mod csv;
pub mod delay;
pub mod digits;
pub mod document;
pub mod events;
pub mod field;
pub mod figure;
pub mod gauge;
pub mod gesture;
pub mod kind;
pub mod layout;
pub mod lines;
pub mod link;
pub mod log_view;
pub mod order;
pub mod palette;
pub mod panels;
pub mod past;
pub mod past_chip;
pub mod pasted;
pub mod paused_state;
pub mod permit;
pub mod picture;
pub mod placement;
pub mod player;
pub mod query;
pub mod reading;
pub mod rhythm;
pub mod sight;
pub mod sorted;
pub mod sorting;
pub mod standing;
pub mod states;
pub mod stream;
pub mod stretch_address;
pub mod table;
pub mod table_view;
pub mod things;
pub mod things_strip;
pub mod thinning;
pub mod timeline;
pub mod together;
pub mod trails;
pub mod travel;
pub mod trouble;
pub mod view;
pub mod wall;
pub mod watched;
pub mod window;
pub mod zone;
