"""The contact sheet's page: outputs as thumbnails, and the actions of a click."""

from __future__ import annotations

from app.base.context import Context
from app.base.outlets import PageSwitch, SoundOutlet
from app.base.panel_table import panel
from app.models.contact_sheet import ContactSheet, SheetOutput
from core.networks.latent import CodeKind
from widgets.model.contact_sheet import ContactSheetPanel, SheetItem

EACH = 12


@panel("sheet", "Contact sheet", "page", needs_model=True, needs_generator=True, lazy=True, tab="Sheet")
def make_contact_sheet(
    context: Context, contact_sheet: ContactSheet, sounds: SoundOutlet, pages: PageSwitch
) -> ContactSheetPanel:
    """Make the page, and start computing."""
    page = ContactSheetPanel()
    ContactSheetPage(context, contact_sheet, sounds, pages, page)
    contact_sheet.draw(EACH)
    return page


class ContactSheetPage:
    """Connects the page with the sheet; lives as long as the page."""

    def __init__(
        self,
        context: Context,
        contact_sheet: ContactSheet,
        sounds: SoundOutlet,
        pages: PageSwitch,
        page: ContactSheetPanel,
    ) -> None:
        self._session = context.session
        self._preferences = context.preferences
        self._sounds = sounds
        self._pages = pages
        contact_sheet.began.connect(page.clear)
        contact_sheet.added.connect(lambda batch: page.add(tuple(self._item(one) for one in batch)))
        page.draw_wanted.connect(lambda each: contact_sheet.draw(each, _next_seed(contact_sheet.items)))
        page.play_wanted.connect(lambda key: self._play(contact_sheet.items[key]))
        page.star_wanted.connect(lambda key, starred: self._star(contact_sheet.items[key], starred))
        page.open_wanted.connect(lambda key: self._open(contact_sheet.items[key]))

    def _item(self, one: SheetOutput) -> SheetItem:
        kind = self._session.layout.kind
        starred = any(kept[:2] == self._owner(one) for kept in self._preferences.values.starred)
        words = code_words(one.code, kind)
        return SheetItem(one.key, words, f"seed {one.seed}", one.samples, one.rate_hz, one.greys, starred)

    def _play(self, one: SheetOutput) -> None:
        words = f"{code_words(one.code, self._session.layout.kind)}, seed {one.seed}: as generated"
        self._sounds.play_apart(one.samples, one.rate_hz, words)

    def _star(self, one: SheetOutput, starred: bool) -> None:
        owner = self._owner(one)
        others = tuple(kept for kept in self._preferences.values.starred if kept[:2] != owner)
        kept = (*others, (*owner, f"seed {one.seed}")) if starred else others
        self._preferences.change(starred=kept)

    def _owner(self, one: SheetOutput) -> tuple[str, tuple[float, ...]]:
        """Return what a star belongs to: the model, by its digest, and the point."""
        card = self._session.card
        return card.digest if card else "", one.point.z

    def _open(self, one: SheetOutput) -> None:
        words = f"open seed {one.seed} from the sheet"
        self._session.change(words, point=one.point, drawn=one.point, seed=one.seed, name="")
        self._pages.show_page("stack")


def _next_seed(items: dict[str, SheetOutput]) -> int:
    return max((one.seed for one in items.values()), default=-1) + 1


def code_words(code: tuple[float, ...], kind: CodeKind) -> str:
    """Return a code's name as in the papers: c2 for the second category, 010 for bits."""
    if kind == "one-hot":
        return f"c{code.index(1.0) + 1}"
    return "".join(f"{bit:g}" for bit in code) or "All"
