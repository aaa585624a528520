"""``flask framework load``: a force's own list, from the command line."""

from sqlmodel import select

from app.audit.models import AuditEntry
from app.incidents.framework import Framework
from app.incidents.models import FrameworkStatus, FrameworkVersion


def run(site, *arguments: object):
    return site.app.test_cli_runner().invoke(args=["framework", "load", *map(str, arguments)])


def test_a_list_goes_into_a_draft_begun_for_it(empty_site, tmp_path, now):
    from app.incidents.service import install_shipped_framework  # noqa: PLC0415

    with empty_site.writing() as session:
        install_shipped_framework(session, now=now)
    file = tmp_path / "list.csv"
    file.write_text("code,name,kind,always\n,Fire,type,yes\nother,Anything else,type,\n")
    result = run(empty_site, file, "--wording", "Worded by A")
    assert result.exit_code == 0, result.output
    assert "added: Fire (fire), asks on one attendance" in result.output
    assert "left as the draft has it: Other distressing incident (other)" in result.output
    assert run(empty_site, file, "--wording", "Worded by A", "--replace").exit_code == 0
    with empty_site.reading() as session:
        active, draft = session.exec(
            select(FrameworkVersion).order_by(FrameworkVersion.number)
        ).all()
        assert (active.status, draft.status) == (FrameworkStatus.ACTIVE, FrameworkStatus.DRAFT)
        found = Framework.model_validate(draft.document)
        assert found.type_names()["other"] == "Anything else"
        assert found.wording.count("Worded by A") == 1
        roles = {entry.actor_role for entry in session.exec(select(AuditEntry))}
        assert roles == {"command line"}


def test_bad_rows_are_named_and_nothing_goes_in(empty_site, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("name,kind\nFire,kind\n")
    result = run(empty_site, file, "--wording", "A")
    assert result.exit_code == 1
    assert "line 2: The kind must be type or factor" in result.output
    assert "nothing was brought in" in result.output
    (tmp_path / "list.txt").write_text("x")
    assert (
        "must be a CSV or YAML file"
        in run(empty_site, tmp_path / "list.txt", "--wording", "A").output
    )
    with empty_site.reading() as session:
        assert session.exec(select(FrameworkVersion)).all() == []
