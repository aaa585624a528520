"""The words people see for closed sets of values."""

from app.packs.models import FileKind, PackState, Version

VERSION = {
    Version.NAMED: "Me, for supervision",
    Version.BRIEFING: "The team, for a talk",
}
VERSION_HINT = {
    Version.NAMED: "Names everybody in the team, as the team\u2019s page does. Everybody in it can "
    "see that you downloaded it.",
    Version.BRIEFING: "Names nobody, and gives no number with fewer than 5 people behind it.",
}
TITLE = {Version.NAMED: "Team pack, with names", Version.BRIEFING: "Team briefing, without names"}
STATE = {
    PackState.QUEUED: "Waiting",
    PackState.MAKING: "Being made",
    PackState.READY: "Ready",
    PackState.FAILED: "Could not be made",
    PackState.REFUSED: "Not made",
}
FILE = {FileKind.PDF: "PDF, to read and print", FileKind.SHEETS: "Spreadsheet (XLSX)"}
MEDIA = {
    FileKind.PDF: "application/pdf",
    FileKind.SHEETS: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
