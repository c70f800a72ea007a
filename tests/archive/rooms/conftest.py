"""The web application over a real archive, without a network."""

import pytest

from archive.app import create_app
from archive.web.wiring import Wiring
from tests.sealing_by_hand import sealed_by_hand

SAME_SITE = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
TUS = {"Tus-Resumable": "1.0.0", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def app(house):
    return create_app(Wiring(house.installation.settings, house))


class Browser:
    """A test client that says of its requests what a browser says."""

    def __init__(self, app) -> None:
        self.client = app.test_client()

    def get(self, path, **headers):
        return self.client.get(path, headers={**SAME_SITE, **headers})

    def post(self, path, **form):
        return self.client.post(path, data=form, headers=SAME_SITE)

    def upload(self, content, size=None):
        """Send a whole upload; return its token and the last answer."""
        made = self.client.post(
            "/uploads", headers={**TUS, "Upload-Length": str(size or len(content))}
        )
        where = made.headers["Location"]
        return where.rsplit("/", 1)[1], self.patch(where, 0, content)

    def seal(self, content, **said):
        """Seal a recording as the kiosk does."""
        return sealed_by_hand(self.get("/kiosk/archive.json").json, content, **said)

    def deposit(self, content, **said):
        """Deposit a recording as the kiosk does; return what was sealed, the answer."""
        made = self.seal(content, **said)
        token, _ = self.upload(made.content)
        return made, self.hand_in(made, token)

    def hand_in(self, made, token, **changed):
        """Send the document that goes with an upload."""
        return self.client.post(
            "/kiosk/deposits",
            json={"upload": token, **made.document, **changed},
            headers=SAME_SITE,
        )

    def patch(self, where, offset, content, **headers):
        return self.client.patch(
            where,
            data=content,
            content_type="application/offset+octet-stream",
            headers={**TUS, "Upload-Offset": str(offset), **headers},
        )


@pytest.fixture
def browser(app):
    return Browser(app)


@pytest.fixture
def browsers(app):
    return lambda: Browser(app)
