//! The board as a stage on which a recording is played.

use shared::Topic;
use shared::server::Condition;

use crate::board::Board;
use board_model::player::scene::{Scene, State};
use board_model::player::stage::{Change, ChangeAll, IsDue, Stage};

/// The board on which a recording is played.
pub(super) struct BoardStage(pub(super) Board);

impl Stage for BoardStage {
    fn change(&mut self, topic: &Topic, change: Change<'_>) {
        self.0.change(topic, change);
    }

    fn change_all(&mut self, is_due: IsDue<'_>, change: ChangeAll<'_>) {
        for (topic, cell) in self.0.every_cell() {
            if cell.with_known(is_due) && cell.change(&mut *change) == Some(true) {
                // It is notified in the next animation frame.
                self.0.note_change(&topic, &cell);
            }
        }
    }

    fn remove(&mut self, topic: &Topic) {
        self.0.remove(topic);
    }

    fn set_conditions(&mut self, conditions: Vec<Condition>) {
        self.0.conditions.set(conditions);
    }

    fn topics(&self) -> usize {
        self.0.every_cell().len()
    }
}

/// Shows a scene instead of everything that the board shows. Panels of topics that are not in the scene stay, without data, so
/// that no panel moves when the reader scrubs back.
pub(super) fn show(board: Board, scene: &Scene) {
    let absent =
        board.every_cell().into_iter().map(|(topic, _)| topic).filter(|topic| scene.state(topic).is_none());
    for topic in absent.chain(scene.all().cloned()) {
        let state = scene.state(&topic).cloned().unwrap_or_else(|| State::new(topic.clone()));
        let mut state = Some(state);
        board.change(&topic, |stream, series| {
            if let Some(state) = state.take() {
                // A scene has what was recorded. The document of the board is that of the page.
                let wanted = stream.wanted();
                (*stream, *series) = (state.stream, state.series);
                stream.arrange(wanted, series);
            }
        });
        // The scene may have kept other data of the stretch of the past that a panel shows.
        if let Some(cell) = board.cell(&topic) {
            cell.forget_past();
        }
    }
    board.conditions.set(scene.conditions().to_vec());
}
