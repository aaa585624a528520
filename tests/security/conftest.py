"""One account whose password is known, on a site without a demo force."""

import pytest
from argon2 import PasswordHasher

from app.accounts import service
from app.accounts.models import Account, RoleGrant
from app.people.models import Person, StaffType
from app.rights import notice
from app.security.permissions import Role

PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="session", autouse=True)
def quick_hashing():
    """Hashing is slow on purpose; here it is the same algorithm with the least work."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        patch.setattr(service, "_NOBODY", service.HASHER.hash("nobody has this password"))
        yield


@pytest.fixture(scope="session")
def hashed(quick_hashing) -> str:
    """The known password, hashed."""
    return service.hash_password(PASSWORD)


@pytest.fixture
def add_account(hashed, now):
    """Gives a site an account: ``add_account(site, "sam", Role.ADMINISTRATOR)``."""

    def add(site, username: str, *roles: Role) -> Account:
        with site.writing() as session:
            person = Person(
                source_system="hr",
                source_ref=username,
                staff_type=StaffType.OFFICER,
                given_name=username.title(),
                family_name="Example",
            )
            session.add(person)
            session.flush()
            account = Account(
                notice_version=notice.VERSION,
                username=username,
                display_name=f"{username.title()} Example",
                password_hash=hashed,
                person_id=person.id,
                created_at=now,
            )
            session.add(account)
            session.flush()
            for role in roles:
                session.add(RoleGrant(account_id=account.id, role=role, starts_on=now.date()))
        return account

    return add


@pytest.fixture
def quiet_site(empty_site, add_account, now):
    """A site with one account, ``sam``, who is a member of staff."""
    from app.incidents.service import install_shipped_framework  # noqa: PLC0415

    with empty_site.writing() as session:
        install_shipped_framework(session, now=now)
    add_account(empty_site, "sam")
    return empty_site


@pytest.fixture
def sign_in():
    """Fills in the sign-in form as a person would."""

    def fill(
        client, username: str = "sam", password: str = PASSWORD, *, at: str = "/sign-in", **more
    ):
        form = client.get(at).page.form("form:has(input[type=password])")
        return client.submit(form, username=username, password=password, **more)

    return fill
