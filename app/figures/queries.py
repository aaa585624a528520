"""Reading questions that were asked of published figures."""

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from app.disclosure.cells import Filter
from app.figures.models import SavedView
from app.figures.questions import Question
from app.measures.vocabulary import Dimension
from app.security.permissions import Permission
from app.security.viewer import Viewer

ONE = select(SavedView).where(col(SavedView.public_id) == bindparam("public_id"))


def saved_view(viewer: Viewer, session: Session, *, public_id: str) -> SavedView | None:
    """A question by its opaque id, for anybody who may read figures, whoever asked it."""
    if not viewer.may(Permission.FIGURES_ALL_READ):
        return None
    return session.exec(ONE, params={"public_id": public_id}).first()


def own_views(viewer: Viewer, session: Session) -> list[SavedView]:
    """The views that somebody keeps under a name, by name."""
    found = select(SavedView).where(
        SavedView.account_id == viewer.account_id, col(SavedView.name).is_not(None)
    )
    return list(session.exec(found.order_by(col(SavedView.name), col(SavedView.id))).all())


def question_of(view: SavedView) -> Question:
    """What a row asks. Its codes may not be published any more."""
    pairs = ((view.dimension_1, view.code_1), (view.dimension_2, view.code_2))
    return Question(
        view.measure,
        view.period,
        tuple(Filter(Dimension(name), code) for name, code in pairs if name),
        Dimension(view.by_dimension) if view.by_dimension else None,
    )
